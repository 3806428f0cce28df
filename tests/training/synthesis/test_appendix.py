"""The paper's appendix on the instruments' own geometry: relative depth from the motion of three points.

Points l, m, r lie at depths z_a, z_a + d1, z_a + d2 in front of the recording camera (focal length f_a) and
move down by dx; what moves of them in the attack is measured in the picture (Eq. 16).
"""

import numpy as np
import pytest

from tests.training.synthesis.scenes import VIEW, pose, sheet
from training.synthesis.instruments.surface import Pose

CONTENT = (640, 480)
FOCAL, NEAR, D1, D2 = 600.0, 0.40, 0.03, 0.08
DEPTHS = NEAR + np.array([0.0, D1, D2])
HEIGHTS, DROP = np.array([0.02, 0.03, 0.01]), 0.01  # metres below the axis, and how far the face moves down


def recorded(drop: float) -> np.ndarray:
    """The points' px in the recording, after the face has moved down by `drop` metres."""
    rows = FOCAL * (HEIGHTS + drop) / DEPTHS
    return np.stack([np.zeros(3), rows], axis=1) + np.array(CONTENT) / 2


def shown(points_N2: np.ndarray, held: Pose) -> np.ndarray:
    """The same px as the second camera sees them on the sheet, vertical coordinate."""
    instrument = sheet()
    return instrument.surface.project(instrument.placing(CONTENT).to_sheet(points_N2), held, VIEW)[:, 1]


def relative_depth(moved_3: np.ndarray) -> float:
    """d1 / d2 by Eq. 16."""
    left, middle, right = moved_3
    return float((left / middle - 1) / (left / right - 1))


def in_recording_px(metres: float) -> float:
    return metres / sheet().placing(CONTENT).pitch


def test_a_face_that_moves_before_the_camera_shows_its_depth() -> None:
    moved = recorded(DROP)[:, 1] - recorded(0)[:, 1]
    assert relative_depth(moved) == pytest.approx(D1 / D2)


def test_all_points_of_a_moved_print_move_alike_so_its_depth_is_zero() -> None:
    still = recorded(0)
    left, middle, right = shown(still, pose(y=0.01)) - shown(still, pose())
    assert left / middle - 1 == pytest.approx(0, abs=1e-12)  # Eq. 22-23
    assert left / right - 1 == pytest.approx(0, abs=1e-12)


def test_a_still_parallel_screen_shows_the_depth_of_the_recorded_face() -> None:
    moved = shown(recorded(DROP), pose()) - shown(recorded(0), pose())
    assert relative_depth(moved) == pytest.approx(D1 / D2)  # Eq. 25


@pytest.mark.parametrize("shift", [-0.02, -0.004, 0.004, 0.02])
def test_a_screen_that_is_shifted_shows_another_depth(shift: float) -> None:
    moved = shown(recorded(DROP), pose(y=shift)) - shown(recorded(0), pose())
    own, carried = FOCAL * DROP, in_recording_px(shift)
    factor = (own + (NEAR + D2) * carried) / (own + (NEAR + D1) * carried)
    assert relative_depth(moved) == pytest.approx(D1 / D2 * factor)  # Eq. 27
    assert abs(relative_depth(moved) / (D1 / D2) - 1) > 0.01


@pytest.mark.parametrize("angle", [-0.4, -0.15, 0.15, 0.4])
def test_a_screen_that_is_turned_shows_another_depth(angle: float) -> None:
    before, after, held = recorded(0), recorded(DROP), pose(pitch=-angle)
    moved = shown(after, held) - shown(before, held)
    sheet_m = sheet().placing(CONTENT).to_sheet
    first, last = (0.4 - sheet_m(points)[:, 1] * np.sin(angle) for points in (before, after))
    beta = [first[k] * last[k] / (first[0] * last[0]) for k in (1, 2)]
    expected = ((D1 / NEAR + 1) * beta[0] - 1) / ((D2 / NEAR + 1) * beta[1] - 1)
    assert relative_depth(moved) == pytest.approx(expected)  # Eq. 33
    assert abs(expected / (D1 / D2) - 1) > 0.01
