"""A folder of video files, judged with a scripted face finder and network."""

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from model.card import VerdictRule
from model.quality import QualityGates
from tests.model.scripted import CountingEngine, Faces, person
from tests.model.test_card import CARD
from training.own_clips import NoClips, find_clips, score_clips


def video(path: Path, *, seconds: float = 2.5) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        for _ in range(round(30 * seconds)):
            coarse = rng.integers(60, 190, (30, 40, 3)).astype(np.uint8).repeat(16, 0).repeat(16, 1)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(coarse, format="rgb24")))
        container.mux(stream.encode())


def test_the_layout_says_what_a_clip_shows(tmp_path: Path) -> None:
    for name in ("bona_fide/a.mp4", "bona_fide/more/b.MOV", "attack/print/c.webm", "attack/replay/d.mkv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "bona_fide" / "notes.txt").touch()
    found = [(clip.path.name, clip.species) for clip in find_clips(tmp_path)]
    assert found == [("a.mp4", None), ("b.MOV", None), ("c.webm", "print"), ("d.mkv", "replay")]


def test_a_folder_without_living_faces_is_told_the_layout(tmp_path: Path) -> None:
    with pytest.raises(NoClips, match="attack/SPECIES"):
        find_clips(tmp_path)


@pytest.mark.parametrize(("min_motion", "moves"), [(0.0, True), (1.0, False)])
def test_clips_are_scored_counted_as_undecided_or_named_as_unreadable(
    tmp_path: Path, min_motion: float, moves: bool
) -> None:
    video(tmp_path / "bona_fide" / "long_enough.mp4")
    video(tmp_path / "bona_fide" / "too_short.mp4", seconds=0.5)
    video(tmp_path / "attack" / "print" / "held.mp4")
    (tmp_path / "bona_fide" / "broken.mp4").write_bytes(b"not a video")
    card = replace(CARD, verdict=VerdictRule(min_motion=min_motion))
    engine = CountingEngine(card=card, probabilities=(0.9,) * 200)
    sample, unreadable = score_clips(
        find_clips(tmp_path),
        engine=engine,
        faces=Faces(person(90, turn=0.03)),
        gates=QualityGates(),
        progress=False,
    )
    expected = 0.8 * 0.9 + 0.2 * 0.5
    np.testing.assert_allclose([each.score for each in sample.bona_fide], [expected, np.nan])
    np.testing.assert_allclose([each.score for each in sample.attacks["print"]], [expected])
    assert [each.moves for each in sample.bona_fide] == [moves, moves]
    assert [each.path.name for each in unreadable] == ["broken.mp4"]
