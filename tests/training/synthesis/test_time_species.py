"""Attacks on finished pictures: wrong in time only."""

import numpy as np
import pytest

from model.geometry import homography_residual
from tests.model.test_geometry import head
from training.synthesis.camera.presets import Codec, CodecKind
from training.synthesis.time_species import loop, paused, relayed, wobble
from training.time_attacks import Moving

RNG = np.random.default_rng
JPEG, H264 = Codec(CodecKind.JPEG, 90), Codec(CodecKind.H264, 22)
STEP = 0.1  # seconds


def turning(count: int = 20) -> Moving:
    """A head that turns, in pictures that are told apart by their mean."""
    coarse = RNG(3).integers(40, 120, (12, 16, 3)).astype(np.uint8).repeat(10, 0).repeat(10, 1)
    return Moving(
        tuple(coarse + np.uint8(5 * i) for i in range(count)), tuple(head(yaw=0.02 * i) for i in range(count))
    )


def order(capture: Moving) -> np.ndarray:
    """Which of the frames of `turning` each frame shows."""
    first = turning(1).frames[0].mean()
    return np.array([round((pixels.mean() - first) / 5) for pixels in capture.frames])


@pytest.mark.parametrize("codec", [JPEG, H264])
@pytest.mark.parametrize("seed", range(8))
def test_a_paused_capture_stands_still_for_two_fifths_of_its_time(seed: int, codec: Codec) -> None:
    shown = order(paused(turning(), codec, RNG(seed)))
    assert len(shown) == 20
    assert (np.diff(shown) == 0).sum() >= 0.4 * 20
    assert np.all(np.diff(shown) >= 0)


@pytest.mark.parametrize("seed", range(8))
def test_a_loop_repeats_at_most_two_seconds_for_at_least_five(seed: int) -> None:
    shown = order(loop(turning(), JPEG, RNG(seed), interval=STEP))
    assert len(shown) * STEP >= 5
    periods = [p for p in range(1, 21) if np.array_equal(shown[p:], shown[:-p])]
    assert periods
    assert periods[0] > 1


def test_loops_run_forwards_and_to_and_fro() -> None:
    jumps = [np.abs(np.diff(order(loop(turning(), JPEG, RNG(s), interval=STEP)))).max() for s in range(12)]
    assert min(jumps) == 1 < max(jumps)


@pytest.mark.parametrize("seed", range(4))
def test_a_wobble_moves_one_frame_as_a_plane(seed: int) -> None:
    moved = wobble(turning(), H264, RNG(seed), interval=STEP)
    residuals = [homography_residual(moved.landmarks[0], points) for points in moved.landmarks]
    shifts = [np.abs(points - moved.landmarks[0])[:, :2].mean() for points in moved.landmarks]
    assert max(residuals) < 1e-4
    assert max(shifts) > 0.5  # px


def test_a_relayed_capture_keeps_the_depth_of_its_motion() -> None:
    before, after = turning(), relayed(turning(), JPEG, RNG(0), interval=STEP)
    kept = homography_residual(after.landmarks[0], after.landmarks[-1])
    assert kept == pytest.approx(homography_residual(before.landmarks[0], before.landmarks[-1]), rel=0.1)


def test_a_time_attack_needs_three_frames() -> None:
    with pytest.raises(ValueError, match="too short"):
        paused(turning(2), JPEG, RNG(0))
    with pytest.raises(ValueError, match="too short"):
        loop(turning(2), JPEG, RNG(0), interval=STEP)
