"""Sheets in space: what is drawn lies where the geometry says."""

import cv2
import numpy as np
import pytest

from model.clip import FloatArray
from tests.training.synthesis.scenes import VIEW, dots, light, middle, pose, sheet
from training.synthesis.instruments.surface import FLAT, Pose, Surface

PLACES = np.array([(120, 100), (520, 90), (330, 240), (150, 380), (500, 400)], dtype=np.float64)
POSES = [
    pose(),
    pose(x=0.02, y=-0.01, z=0.35, roll=0.2),
    pose(yaw=0.35, z=0.38),
    pose(pitch=-0.3, yaw=-0.2, roll=0.1, z=0.42, x=-0.015),
]


def drawn(radius: float, held: Pose) -> tuple[FloatArray, FloatArray]:
    """Where the dots are seen, and where the geometry puts them."""
    instrument = sheet(radius)
    (layer,) = instrument.show([dots(PLACES)], [held], VIEW, light(), np.random.default_rng(0))
    expected = instrument.surface.project(instrument.placing((640, 480)).to_sheet(PLACES), held, VIEW)
    return np.array([middle(layer.radiance_HW3, place) for place in expected]), expected


@pytest.mark.parametrize("held", POSES)
@pytest.mark.parametrize("radius", [FLAT, 0.15, -0.3])
def test_what_is_printed_is_seen_where_the_geometry_puts_it(radius: float, held: Pose) -> None:
    seen, expected = drawn(radius, held)
    assert np.abs(seen - expected).max() < 0.15  # px of the twice as large picture


@pytest.mark.parametrize("held", POSES[1:])
def test_the_motion_of_a_flat_print_is_a_homography(held: Pose) -> None:
    grid = np.stack(np.meshgrid(np.linspace(60, 580, 9), np.linspace(60, 420, 7)), axis=2).reshape(-1, 2)
    instrument = sheet()
    before, after = (
        instrument.surface.project(instrument.placing((640, 480)).to_sheet(grid), p, VIEW)
        for p in (POSES[0], held)
    )
    homography, _ = cv2.findHomography(before, after, 0)
    explained = cv2.perspectiveTransform(before[None], homography)[0]
    assert np.abs(explained - after).max() < 1e-3


def test_the_drawn_motion_of_a_flat_print_is_a_homography_and_of_a_bent_one_is_not() -> None:
    left_over = []
    for radius in (FLAT, 0.12):
        before, after = drawn(radius, POSES[0])[0], drawn(radius, POSES[2])[0]
        homography, _ = cv2.findHomography(before, after, 0)
        explained = cv2.perspectiveTransform(before[None], homography)[0]
        left_over.append(float(np.sqrt(np.mean((explained - after) ** 2))))
    flat, bent = left_over
    assert flat < 0.1 < bent  # px of the twice as large picture: 0.05 px as delivered


def test_the_outline_covers_what_view_project_says() -> None:
    (layer,) = sheet().show([dots(PLACES)], [pose()], VIEW, light(), np.random.default_rng(0))
    corners = VIEW.project(np.array([[-0.1, -0.075, 0.4], [0.1, 0.075, 0.4]]))
    width, height = corners[1] - corners[0]
    assert layer.alpha_HW[VIEW.height // 2].sum() == pytest.approx(width, abs=0.02)
    assert layer.alpha_HW[:, VIEW.width // 2].sum() == pytest.approx(height, abs=0.02)


@pytest.mark.parametrize("radius", [FLAT, 0.15, -0.3])
def test_rays_meet_the_sheet_where_its_points_are_projected(radius: float) -> None:
    surface, held = Surface(radius), POSES[3]
    trace = surface.trace((0.2, 0.15), held, VIEW)
    assert trace is not None
    row, column = 60, 90
    hit = np.array([[trace.fine(trace.s_ij)[row, column], trace.fine(trace.t_ij)[row, column]]])
    px = np.array([trace.window.left + column + 0.5, trace.window.top + row + 0.5])
    assert np.abs(surface.project(hit, held, VIEW)[0] - px).max() < 0.05
    depth = (surface.points(hit) @ held[:3, :3].T + held[:3, 3])[0, 2]
    assert trace.fine(trace.depth_ij)[row, column] == pytest.approx(depth, abs=1e-4)


def test_a_sheet_beside_the_picture_is_not_seen() -> None:
    assert Surface().trace((0.2, 0.15), pose(x=2.0), VIEW) is None
    (layer,) = sheet().show([dots(PLACES)], [pose(x=2.0)], VIEW, light(), np.random.default_rng(0))
    assert layer.alpha_HW.max() == 0
    assert layer.depth_HW.max() == 0


def test_a_sheet_that_reaches_behind_the_camera_is_refused() -> None:
    with pytest.raises(ValueError, match="behind the camera"):
        sheet().show([dots(PLACES)], [pose(z=0.02, yaw=1.2)], VIEW, light(), np.random.default_rng(0))


def test_a_convex_sheet_is_nearest_in_its_middle_and_a_hollow_one_at_its_edges() -> None:
    for radius, sign in ((0.15, 1), (-0.15, -1)):
        (layer,) = sheet(radius).show([dots(PLACES)], [pose()], VIEW, light(), np.random.default_rng(0))
        row = layer.depth_HW[VIEW.height // 2]
        inside = np.flatnonzero(layer.alpha_HW[VIEW.height // 2] >= 1)
        assert sign * (row[inside[0]] - row[VIEW.width // 2]) > 0.01
