"""A real video file of a photographed face that drifts: captures are cut from it, attacks made of each."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from skimage.data import astronaut

from model.bundle import default_path, ensure_bundle
from model.card import SamplingRule
from model.clip import Clip, PixelArray
from model.faces import LandmarkFinder
from model.video import VideoLimits, read_clip
from training.__main__ import main
from training.clip_captures import Cut, NoPersonError, cut_captures
from training.datasets.capture import Capture, list_groups, read_group
from training.windows import decoded

CUT = Cut(split="test", subject="astronaut")
SECONDS = 3.1


def read(data: bytes) -> Clip:
    return read_clip(data, rule=SamplingRule(), limits=VideoLimits())


def video(pictures: Sequence[PixelArray], *, fps: int = 30) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast", "crf": "18"})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for pixels in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    return file.getvalue()


@pytest.fixture(scope="module")
def drifting() -> bytes:
    photograph = np.asarray(astronaut()[:400], np.uint8)
    shifts = (12 * np.sin(np.arange(round(30 * SECONDS)) / 9)).astype(int)
    return video([np.ascontiguousarray(photograph[:320, 40 + shift : 360 + shift]) for shift in shifts])


@pytest.fixture(scope="module")
def finder() -> Iterator[LandmarkFinder]:
    with LandmarkFinder(ensure_bundle(default_path())) as opened:
        yield opened


@pytest.fixture(scope="module")
def groups(drifting: bytes, finder: LandmarkFinder) -> list[tuple[Capture, ...]]:
    return list(cut_captures(read(drifting), CUT, finder=finder))


def test_captures_of_two_seconds_begin_every_half_second(groups: list[tuple[Capture, ...]]) -> None:
    assert len(groups) == 3
    for number, group in enumerate(groups):
        assert [each.species for each in group] == ["bona_fide", "wobble", "paused", "loop"]
        assert {each.group for each in group} == {number}
        assert len(group[0].frames) == 20


def test_a_capture_holds_the_very_pictures_that_a_service_would_look_at(
    drifting: bytes, groups: list[tuple[Capture, ...]]
) -> None:
    capture, clip = groups[1][0], read(drifting)
    for index, (picture, time) in enumerate(zip(capture.frames, capture.times_T, strict=True)):
        assert np.array_equal(decoded(picture), clip.frames[5 + index].pixels_HW3)
        assert time == pytest.approx(clip.frames[5 + index].time - clip.frames[5].time)


def test_the_attacks_repeat_what_was_there(groups: list[tuple[Capture, ...]]) -> None:
    living, _, paused, loop = groups[0]
    stands_still = [np.array_equal(*pair) for pair in pairwise(paused.landmarks_TL3)]
    assert sum(stands_still) >= 0.4 * len(living.frames)
    assert len(loop.frames) > 2 * len(living.frames)


def test_a_video_without_a_face_is_refused(finder: LandmarkFinder) -> None:
    grey = video([np.full((320, 320, 3), 128, np.uint8)] * 75)
    with pytest.raises(NoPersonError, match="2 s"):
        list(cut_captures(read(grey), CUT, finder=finder))


def test_where_nobody_is_seen_no_capture_is_cut_and_the_others_know_their_start(
    drifting: bytes, finder: LandmarkFinder
) -> None:
    clip = read(drifting)
    hidden = [
        replace(frame, pixels_HW3=np.full_like(frame.pixels_HW3, 128)) if frame.time < 0.3 else frame
        for frame in clip.frames
    ]
    holed = replace(clip, frames=(*hidden[:12], *hidden[13:]))
    made = list(cut_captures(holed, CUT, finder=finder))
    assert [group[0].factors["start"] for group in made] == [0.5, 1.0]
    assert np.diff(made[0][0].times_T).max() == pytest.approx(0.2)
    assert np.ptp(np.diff(made[0][1].times_T)) == pytest.approx(0)


def test_the_command_writes_captures_that_the_others_read(
    drifting: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "person.mp4").write_bytes(drifting)
    assert main(["clip", str(tmp_path / "person.mp4"), str(tmp_path / "out")]) == 0
    paths = list_groups(tmp_path / "out", "dev")
    assert len(paths) == 3
    assert {capture.subject for path in paths for capture in read_group(path)} == {"person"}
    assert "3 bona fide captures" in capsys.readouterr().out
    assert main(["clip", str(tmp_path / "person.mp4"), str(tmp_path / "out")]) == 2
    assert "holds captures" in capsys.readouterr().err


def test_what_is_no_video_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.mp4").write_text("no video")
    assert main(["clip", str(tmp_path / "notes.mp4"), str(tmp_path / "out")]) == 2
    assert "notes.mp4" in capsys.readouterr().err
