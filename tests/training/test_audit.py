"""A shortcut that was planted is found by its probe and by no other; without one, nothing is found."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from model.clip import PixelArray
from tests.model.test_geometry import head
from training.__main__ import main
from training.audit.audit import Finding, audit
from training.audit.probes import PROBES, examples
from training.audit.views import View, background
from training.datasets.capture import Capture, write_group
from training.errors import NoCaptures

SIZE, FRAMES = 160, 4
PRINTS = "tone and sharpness, prints"
Plant = Callable[[Capture], Capture]


def jpeg(picture: PixelArray) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()


def capture(split: str, group: int, species: str) -> Capture:
    """The same picture for all species but for its noise: a face before a wall 2 m behind it."""
    rng = np.random.default_rng((group, len(split)))
    smooth = cv2.resize(rng.integers(60, 200, (5, 5, 3)).astype(np.uint8), (SIZE, SIZE)).astype(np.int16)
    noise = np.random.default_rng((group, len(split), len(species))).integers(-6, 7, (SIZE, SIZE, 3))
    picture = (smooth + noise).clip(0, 255).astype(np.uint8)
    points = (head(yaw=0.0, centre=(320.0, 240.0)) - (320, 240, 0)) * 0.3 + (SIZE / 2, SIZE / 2, 0)
    depth = np.full((FRAMES, 16, 16), 2.5, np.float32)
    depth[:, 2:14, 2:14] = 0.5
    return Capture(
        group=group, split=split, subject=f"{split}{group}", species=species,
        bona_fide=species == "bona_fide", frames=(jpeg(picture),) * FRAMES,
        times_T=np.arange(FRAMES) / 10, landmarks_TL3=np.stack([points.astype(np.float32)] * FRAMES),
        depth_THW=depth, factors={"camera": f"camera {group % 3}", "session": "hall", "head": "photo"},
    )  # fmt: skip


def written(folder: Path, plant: Plant = lambda attack: attack) -> Path:
    for split, count in (("train", 16), ("dev", 6), ("test", 16)):
        for group in range(count):
            attacks = [plant(capture(split, group, species)) for species in ("print_flat", "wobble")]
            write_group(folder, [capture(split, group, "bona_fide"), *attacks])
    return folder


def exceeded(folder: Path, *names: str) -> set[str]:
    """Which of these probes do better than they may."""
    probes = [probe for probe in PROBES if probe.name in names]
    assert len(probes) == len(names)
    return {finding.probe.name for finding in audit(folder, probes) if not finding.within}


def repainted(change: Callable[[PixelArray], PixelArray]) -> Plant:
    def plant(attack: Capture) -> Capture:
        pictures = [cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) for data in attack.frames]
        return replace(attack, frames=tuple(jpeg(change(np.asarray(each, np.uint8))) for each in pictures))

    return plant


def greened(picture: PixelArray) -> PixelArray:
    return np.clip(picture.astype(int) + np.array([0, 60, 0]), 0, 255).astype(np.uint8)


def greened_behind(picture: PixelArray) -> PixelArray:
    painted = greened(picture)
    painted[20:-20, 20:-20] = picture[20:-20, 20:-20]
    return painted


def test_nothing_is_found_where_the_classes_differ_in_nothing(tmp_path: Path) -> None:
    assert not exceeded(written(tmp_path), "background", "face box", "file size at equal preset", PRINTS)


def test_a_short_capture_is_found(tmp_path: Path) -> None:
    def shortened(attack: Capture) -> Capture:
        return replace(
            attack,
            frames=attack.frames[:2],
            times_T=attack.times_T[:2],
            landmarks_TL3=attack.landmarks_TL3[:2],
            depth_THW=attack.depth_THW[:2],
        )

    assert exceeded(written(tmp_path, shortened), "capture length", "face box") == {"capture length"}


def test_another_camera_is_found(tmp_path: Path) -> None:
    data = written(tmp_path, lambda each: replace(each, factors=each.factors | {"camera": "other"}))
    assert exceeded(data, "camera, light, codec", "kind of asset") == {"camera, light, codec"}


def test_a_room_of_another_colour_is_found_behind_the_face_and_not_on_it(tmp_path: Path) -> None:
    assert exceeded(written(tmp_path, repainted(greened_behind)), "background", PRINTS) == {"background"}


def test_a_face_of_another_colour_is_found(tmp_path: Path) -> None:
    assert exceeded(written(tmp_path, repainted(greened)), PRINTS) == {PRINTS}


def test_the_room_is_hidden_by_whatever_stands_before_it_in_either_capture() -> None:
    living, attack = capture("test", 1, "bona_fide"), capture("test", 1, "print_flat")
    covering = replace(attack, depth_THW=np.full_like(attack.depth_THW, 0.4))
    assert background(View(living, (attack,))) is not None
    assert background(View(living, (covering,))) is None


def test_a_time_attack_is_set_against_the_bona_fide_frames_that_were_sent_the_same_way() -> None:
    living = capture("test", 1, "bona_fide")
    relayed = replace(living, factors=living.factors | {"relayed": True}, subject="relayed")
    moved = replace(relayed, subject="moved")
    wobble, loop, print_flat = (capture("test", 1, each) for each in ("wobble", "loop", "print_flat"))
    (probe,) = (each for each in PROBES if each.time_only)
    found = examples(probe, (living, wobble, moved, loop, relayed, print_flat))
    assert [(each.bona_fide, each.subject) for each in found] == [
        (True, "moved"),
        (False, "test1"),
        (True, "relayed"),
        (False, "test1"),
    ]


def test_an_attack_by_itself_is_set_beside_the_bona_fide_capture_that_came_the_same_way() -> None:
    living = capture("test", 1, "bona_fide")
    relayed = replace(living, factors=living.factors | {"relayed": True}, subject="relayed")
    loop, print_flat = (
        replace(capture("test", 1, species), subject=species) for species in ("loop", "print_flat")
    )
    (probe,) = (each for each in PROBES if each.name == "background")
    found = [each.subject for each in examples(probe, (living, loop, relayed, print_flat))]
    assert found == ["relayed", "loop", "test1", "print_flat"]


def test_the_command_prints_the_table_and_fails_where_a_limit_is_exceeded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = written(tmp_path / "data", lambda each: replace(each, factors=each.factors | {"camera": "other"}))
    assert main(["audit", str(data), "--out", str(tmp_path / "table.md")]) == 1
    said = capsys.readouterr().out
    assert "| camera, light, codec | 1.00 | 1.00-1.00 | 0.60 **exceeded** | 16 / 32 |" in said
    assert (tmp_path / "table.md").read_text() == said


def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoCaptures, match="synthesise"):
        audit(tmp_path)


def test_a_reported_probe_has_no_limit_to_exceed() -> None:
    reported = next(probe for probe in PROBES if probe.limit is None)
    assert Finding(reported, 0.9, (0.8, 1.0), 5, 5).within
