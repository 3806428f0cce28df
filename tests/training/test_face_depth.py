"""Depth from dense landmarks: nearer is smaller, what a turned head hides leaves no trace."""

import numpy as np
import pytest
from skimage.data import astronaut

from model.bundle import default_path
from model.clip import Frame
from model.faces import LandmarkFinder
from model.geometry import face_mask, face_square, to_square
from training.depth_labels import depth_label
from training.face_depth import DISTANCE, landmark_depth, triangles

SIZE = 288
NOSE_TIP, FOREHEAD, CHIN, LEFT_SIDE, RIGHT_SIDE, LIP_BETWEEN = 1, 10, 152, 454, 234, 13


@pytest.fixture(scope="module")
def face() -> np.ndarray:
    """The landmarks of a real photograph in a square picture of 288 px."""
    with LandmarkFinder(default_path()) as finder:
        (found,) = finder.find(Frame(astronaut(), 0.0, 0))
    square = face_square(found.landmarks_L3, scale=1.8)
    flat = to_square(found.landmarks_L3[:, :2], square, size=SIZE)
    return np.column_stack([flat, found.landmarks_L3[:, 2] * SIZE / square.side]).astype(np.float32)


def turned(landmarks_L3: np.ndarray, degrees: float) -> np.ndarray:
    angle, centre = np.radians(degrees), landmarks_L3.mean(axis=0)
    turn = [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
    return ((landmarks_L3 - centre) @ np.array(turn).T + centre).astype(np.float32)


def at(depth_DD: np.ndarray, landmark: np.ndarray) -> float:
    column, row = (landmark[:2] * depth_DD.shape[0] / SIZE).astype(int)
    return float(depth_DD[row, column])


def test_the_nose_is_nearest_and_the_scale_is_a_faces(face: np.ndarray) -> None:
    depth = landmark_depth(face, picture_size=SIZE, cells=96)
    on_face = depth[depth > 0]
    assert at(depth, face[NOSE_TIP]) == pytest.approx(on_face.min(), abs=0.005)
    assert at(depth, face[NOSE_TIP]) < at(depth, face[CHIN]) - 0.01
    assert 0.05 < on_face.max() - on_face.min() < 0.15
    assert abs(on_face.mean() - DISTANCE) < 0.05


def test_the_map_covers_the_face_without_holes_and_nothing_else(face: np.ndarray) -> None:
    depth = landmark_depth(face, picture_size=SIZE, cells=96)
    square = face_square(face, scale=1.8)
    mask = face_mask(face, square, cells=96)
    assert (depth > 0)[mask].mean() > 0.97
    assert (depth > 0)[~mask].mean() < 0.02
    assert at(depth, face[LIP_BETWEEN]) > 0


def test_a_turned_head_shows_the_near_side_only(face: np.ndarray) -> None:
    """At 60 degrees the far cheek lies behind the nose: a cell holds the nearest of what projects there."""
    landmarks = turned(face, 60)
    depth = landmark_depth(landmarks, picture_size=SIZE, cells=96)
    far, near = sorted((LEFT_SIDE, RIGHT_SIDE), key=lambda side: -landmarks[side, 2])
    metres_per_px = 0.14 / np.linalg.norm(landmarks[LEFT_SIDE] - landmarks[RIGHT_SIDE])
    hidden = DISTANCE + (landmarks[far, 2] - landmarks[:468, 2].mean()) * metres_per_px
    assert at(depth, landmarks[far]) < hidden - 0.02
    seen = DISTANCE + (landmarks[near, 2] - landmarks[:468, 2].mean()) * metres_per_px
    assert at(depth, landmarks[near]) == pytest.approx(seen, abs=0.01)


def test_a_flat_face_has_one_depth(face: np.ndarray) -> None:
    flat = face * np.float32([1, 1, 0])
    depth = landmark_depth(flat, picture_size=SIZE, cells=96)
    np.testing.assert_allclose(depth[depth > 0], DISTANCE, atol=1e-6)


def test_a_mirrored_face_gives_the_mirrored_map(face: np.ndarray) -> None:
    mirrored = face * np.float32([-1, 1, 1]) + np.float32([SIZE, 0, 0])
    depth = landmark_depth(face, picture_size=SIZE, cells=96)
    flipped = landmark_depth(mirrored, picture_size=SIZE, cells=96)[:, ::-1]
    both = (depth > 0) & (flipped > 0)
    assert both.sum() > 0.98 * (depth > 0).sum()
    np.testing.assert_allclose(flipped[both], depth[both], atol=0.01)


def test_a_face_that_reaches_over_the_edge_is_cut_off(face: np.ndarray) -> None:
    depth = landmark_depth(face + np.float32([SIZE / 2, 0, 0]), picture_size=SIZE, cells=96)
    assert depth[:, -1].any()
    assert not depth[:, :40].any()


def test_the_label_is_near_one_at_the_nose(face: np.ndarray) -> None:
    square = face_square(face, scale=1.3)
    mask = face_mask(face, square, cells=32)
    label = depth_label(landmark_depth(face, picture_size=SIZE, cells=96), mask, square, picture_size=SIZE)
    column, row = ((face[NOSE_TIP, :2] - (square.left, square.top)) * 32 / square.side).astype(int)
    assert label[row, column] > 0.95
    assert label[mask].min() < 0.1
    assert not label[~mask].any()


def test_the_mesh_is_closed_at_eyes_and_mouth() -> None:
    edges = [frozenset(edge) for a, b, c in triangles().tolist() for edge in ((a, b), (b, c), (c, a))]
    rim = [edge for edge in set(edges) if edges.count(edge) == 1]
    assert len(rim) == 36
    assert {FOREHEAD, CHIN} <= set().union(*rim)
