"""The head model fitted to landmarks."""

import cv2
import numpy as np

from model.clip import NUM_LANDMARKS, NUM_MESH_LANDMARKS, FloatArray
from training.synthesis.fitting import fit_portrait
from training.synthesis.ict import FaceModel
from training.synthesis.scene import View

SIZE = 400


def egg(rng: np.random.Generator) -> FaceModel:
    """A face-sized cap with a nose, and a few smooth ways to change it."""
    x, y = rng.uniform(-0.07, 0.07, (2, NUM_MESH_LANDMARKS))
    z = 6 * (x**2 + y**2) - 0.03 * np.exp(-(x**2 + y**2) / 0.015**2)
    neutral = np.stack([x, y, z - 0.1], axis=1).astype(np.float32)
    waves = rng.normal(0, 12, (4, 3, 2))
    moves = 0.004 * np.sin(np.einsum("kcd,vd->kvc", waves, neutral[:, :2])).astype(np.float32)
    return FaceModel(
        neutral_V3=neutral,
        identity_KV3=moves[:3],
        expression_EV3=moves[3:],
        expression_names=("smile",),
        triangles_F3=np.zeros((0, 3), np.int32),
        material_F=np.zeros(0, np.uint8),
        materials=(),
        landmark_vertices=np.arange(NUM_MESH_LANDMARKS),
    )


def photographed(points_V3: FloatArray) -> FloatArray:
    turn, _ = cv2.Rodrigues(np.radians([4.0, 12.0, -3.0]))
    view = View(width=SIZE, height=SIZE, focal=2.2 * SIZE)
    pixels = view.project(points_V3 @ turn.T + [0.01, -0.02, 0.8])
    landmarks = np.zeros((NUM_LANDMARKS, 3), np.float32)
    landmarks[:NUM_MESH_LANDMARKS, :2] = pixels
    return landmarks


def test_a_face_of_the_model_is_recovered_to_a_fraction_of_a_px() -> None:
    model = egg(np.random.default_rng(0))
    landmarks = photographed(model.shape(np.array([0.8, -1.1, 0.5], np.float32)))
    assert fit_portrait(landmarks, model, width=SIZE, height=SIZE).residual < 0.004


def test_what_the_model_cannot_explain_is_displaced_onto_the_landmarks() -> None:
    model = egg(np.random.default_rng(0))
    landmarks = photographed(model.neutral_V3)
    column = landmarks[:NUM_MESH_LANDMARKS, 0]
    landmarks[:NUM_MESH_LANDMARKS, 1] += 3 * np.sin(column / 20)
    fit = fit_portrait(landmarks, model, width=SIZE, height=SIZE)
    seen = fit.view.project(fit.points_V3 @ fit.rotation_33.T + fit.translation_3)
    misses = np.linalg.norm(seen - landmarks[:NUM_MESH_LANDMARKS, :2], axis=1)
    assert np.median(misses) < 0.5
