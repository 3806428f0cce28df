"""Each perturbation changes one thing about the footage and leaves the rest."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from model.clip import Frame
from tests.model.test_geometry import head
from training.footage import Change, Footage
from training.perturbations import (
    background_greyed,
    black_lifted,
    brightness,
    dropped,
    frame_rate,
    h264,
    half_size,
    jpeg,
    levels_stretched,
    saturation,
)
from training.robustness import PERTURBATIONS, Perturbation


def footage(count: int = 30, *, fps: float = 30.0, size: tuple[int, int] = (121, 161)) -> Footage:
    """Smooth colourful pictures of an odd size, each a little further along, and a face in the middle."""
    coarse = np.random.default_rng(2).integers(40, 200, (9, 12, 3)).astype(np.uint8)
    picture = cv2.resize(coarse, (size[1] + count, size[0]), interpolation=cv2.INTER_CUBIC)
    frames = tuple(Frame(np.ascontiguousarray(picture[:, i : i + size[1]]), i / fps, i) for i in range(count))
    face = (head() - (320, 240, 0)) * (0.2, 0.2, 1) + (80, 60, 0)
    return Footage(frames, (face.astype(np.float32),) * count, sampled=False)


def changed(change: Change, before: Footage) -> Footage:
    return change(before, np.random.default_rng(0))


def error(before: Footage, after: Footage) -> float:
    """Mean absolute difference of all pixels."""
    return float(
        np.mean(
            [
                np.abs(a.pixels_HW3.astype(float) - b.pixels_HW3).mean()
                for a, b in zip(before.frames, after.frames, strict=True)
            ]
        )
    )


def colourfulness(shown: Footage) -> float:
    return float(np.mean([np.ptp(frame.pixels_HW3.astype(float), axis=2).mean() for frame in shown.frames]))


@pytest.mark.parametrize(("maker", "mild", "harsh"), [(jpeg, 95, 50), (h264, 23, 35)], ids=["JPEG", "H.264"])
def test_a_harsher_codec_takes_more_and_no_frame(
    maker: Callable[[int], Change], mild: int, harsh: int
) -> None:
    before = footage(12)
    little, much = (changed(maker(level), before) for level in (mild, harsh))
    assert 0 < error(before, little) < error(before, much) < 12
    assert [frame.time for frame in much.frames] == [frame.time for frame in before.frames]


def test_a_slow_camera_that_gives_all_its_frames_is_compressed_at_its_own_rate() -> None:
    fast, slow = (footage(12, fps=fps) for fps in (30.0, 10.0))
    stored = replace(slow, sampled=True)
    assert error(slow, changed(h264(28), slow)) < error(fast, changed(h264(28), fast))
    assert error(stored, changed(h264(28), stored)) == error(fast, changed(h264(28), fast))


@pytest.mark.parametrize("each", PERTURBATIONS, ids=lambda each: each.name)
def test_pictures_keep_their_size_and_frames_their_faces(each: Perturbation) -> None:
    before = footage(12)
    after = changed(each.change, before)
    assert {frame.pixels_HW3.shape for frame in after.frames} == {before.frames[0].pixels_HW3.shape}
    assert len(after.landmarks) == len(after.frames) >= 4


def test_half_size_takes_what_is_finer_than_two_pixels() -> None:
    checkers = np.indices((64, 64)).sum(axis=0) % 2 * 255
    before = Footage((Frame(np.stack([checkers] * 3, -1).astype(np.uint8), 0.0, 0),), (None,), sampled=True)
    after = changed(half_size(), before)
    assert np.ptp(after.frames[0].pixels_HW3.astype(int)) <= 2


def test_light_tone_and_colour_change_as_named() -> None:
    before = footage(3)
    mean = np.mean([frame.pixels_HW3.mean() for frame in before.frames])
    darker = changed(brightness(0.6), before)
    assert np.mean([frame.pixels_HW3.mean() for frame in darker.frames]) == pytest.approx(
        0.6 * mean, rel=0.02
    )
    assert min(frame.pixels_HW3.min() for frame in changed(black_lifted(0.2), before).frames) >= 51
    stretched = np.stack([frame.pixels_HW3 for frame in changed(levels_stretched(), before).frames])
    assert (stretched.min(), stretched.max()) == (0, 255)
    assert colourfulness(changed(saturation(0.5), before)) == pytest.approx(
        colourfulness(before) / 2, rel=0.05
    )


def test_a_grey_background_keeps_the_face_and_nothing_else() -> None:
    before = footage(2)
    after = changed(background_greyed(), before)
    old, new = before.frames[0].pixels_HW3, after.frames[0].pixels_HW3
    np.testing.assert_array_equal(new[60, 80], old[60, 80])
    assert np.all(new[:10] == 128)


def test_lost_frames_are_the_share_asked_for_and_never_the_first() -> None:
    before = footage(31)
    after = changed(dropped(0.3), before)
    assert len(after.frames) == 31 - 9
    assert after.frames[0] is before.frames[0]
    assert np.all(np.diff([frame.time for frame in after.frames]) > 0)


@pytest.mark.parametrize("fps", [10.0, 15.0])
def test_a_slower_camera_shows_the_nearest_frames(fps: float) -> None:
    after = changed(frame_rate(fps), footage(31))
    assert after.fps == pytest.approx(fps, rel=0.01)
    assert after.frames[-1].time == pytest.approx(1.0)


@pytest.mark.parametrize(("fps", "count"), [(10.0, 20), (15.0, 30)])
def test_a_slower_camera_shows_no_frame_that_comes_before_its_time(fps: float, count: int) -> None:
    after = changed(frame_rate(fps), footage(60))
    assert len(after.frames) == count
    assert np.ptp(np.diff([frame.time for frame in after.frames])) == pytest.approx(0)


def test_a_rate_that_the_footage_does_not_have_is_no_perturbation_of_it() -> None:
    by_name = {each.name: each for each in PERTURBATIONS}
    assert by_name["10 frames a second"].applies(footage(fps=30))
    assert not by_name["30 frames a second"].applies(footage(fps=30))
    assert by_name["30 frames a second"].applies(footage(fps=60))
