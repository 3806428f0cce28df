"""How instruments are held."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from tests.training.synthesis.scenes import pose
from training.synthesis.instruments.hold import Hold, draw_hold, held

RNG = np.random.default_rng
SECONDS = np.arange(20) * 0.1
BASE = pose(z=0.3)


def extents(hold: Hold, seed: int) -> tuple[float, float]:
    """Range of the middle's way (metres) and of the turn (radians) within a capture."""
    poses = held(BASE, hold, SECONDS, RNG(seed))
    turns = Rotation.from_matrix(poses[0, :3, :3].T @ poses[:, :3, :3]).magnitude()
    return float(np.ptp(poses[:, :3, 3], axis=0).max()), float(turns.max())


@pytest.mark.parametrize("hold", Hold)
def test_poses_are_rigid_and_the_same_for_the_same_seed(hold: Hold) -> None:
    poses = held(BASE, hold, SECONDS, RNG(3))
    assert np.array_equal(poses, held(BASE, hold, SECONDS, RNG(3)))
    identity = poses[:, :3, :3] @ poses[:, :3, :3].transpose(0, 2, 1)
    np.testing.assert_allclose(identity, np.broadcast_to(np.eye(3), identity.shape), atol=1e-12)
    np.testing.assert_allclose(np.linalg.det(poses[:, :3, :3]), 1)


def test_a_static_instrument_does_not_move() -> None:
    poses = held(BASE, Hold.STATIC, SECONDS, RNG(0))
    assert np.array_equal(poses, np.broadcast_to(BASE, poses.shape))


@pytest.mark.parametrize("seed", range(5))
def test_a_hand_shifts_or_turns_as_its_name_says(seed: int) -> None:
    shift, shift_turn = extents(Hold.SHIFT, seed)
    _, rotate_turn = extents(Hold.ROTATE, seed)
    assert shift > 0.004
    assert shift_turn < np.radians(2)
    assert rotate_turn > np.radians(2.5)


@pytest.mark.parametrize("seed", range(5))
def test_a_tilted_instrument_is_never_parallel_to_the_picture(seed: int) -> None:
    poses = held(BASE, Hold.TILT, SECONDS, RNG(seed))
    assert np.degrees(np.arccos(poses[:, 2, 2])).min() > 3


def test_the_motion_is_the_same_at_any_frame_rate() -> None:
    slow, fast = (held(BASE, Hold.WOBBLE, np.arange(0, 1, step), RNG(1)) for step in (0.1, 0.05))
    np.testing.assert_allclose(slow, fast[::2], atol=1e-12)


def test_every_hold_is_drawn() -> None:
    rng = RNG(0)
    assert {draw_hold(rng) for _ in range(200)} == set(Hold)
