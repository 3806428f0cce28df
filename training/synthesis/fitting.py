"""Face landmarks of a portrait -> the identity, expression and pose of ICT-FaceKit that explain them.

Pose and shape in turns: the pose from point correspondences, the shape by regularised linear least squares
on the projection's derivative. What the model cannot explain is carried over as a smooth displacement in the
picture plane, so that lids and lips lie where the portrait has them.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator

from model.clip import NUM_MESH_LANDMARKS, FloatArray
from training.synthesis.ict import FaceModel
from training.synthesis.scene import View

_ROUNDS: Final = 5
_IDENTITIES: Final = 60
_NOISE: Final = 0.006  # of the picture's width, the landmarks' standard deviation
_EXPRESSION_SIGMA: Final = 0.25
_FOCAL: Final = 2.2  # of the picture's width: portraits are taken from about a metre and a half


@dataclass(frozen=True, slots=True)
class Fit:
    """A head in a portrait."""

    points_V3: FloatArray  # in the head's frame, with the portrait's own expression
    expression_E: FloatArray  # the model's own weights that the portrait shows
    rotation_33: NDArray[np.float64]  # head -> the portrait's camera
    translation_3: NDArray[np.float64]
    view: View
    residual: float  # root mean square px per px of face height, before the displacement


def fit_portrait(landmarks_L3: FloatArray, model: FaceModel, *, width: int, height: int) -> Fit:
    """Fits the model to MediaPipe's landmarks in px of a portrait."""
    target_L2 = landmarks_L3[:NUM_MESH_LANDMARKS, :2].astype(np.float64)
    view = View(width=width, height=height, focal=_FOCAL * width)
    at = model.landmark_vertices
    people = min(_IDENTITIES, len(model.identity_KV3))
    basis_KL3 = np.concatenate([model.identity_KV3[:people, at], model.expression_EV3[:, at]])
    sigma_K = np.r_[np.ones(people), np.full(len(model.expression_EV3), _EXPRESSION_SIGMA)]
    weights_K = np.zeros(len(basis_KL3))
    rotation_33, translation_3 = np.eye(3), np.array([0.0, 0.0, 1.5])
    for _ in range(_ROUNDS):
        points_L3 = model.neutral_V3[at].astype(np.float64) + np.tensordot(weights_K, basis_KL3, axes=1)
        rotation_33, translation_3 = _pose(points_L3, target_L2, view)
        weights_K = _weights(
            points_L3, weights_K, basis_KL3, sigma_K, target_L2, view, rotation_33, translation_3
        )
        weights_K[people:] = np.clip(weights_K[people:], 0.0, 0.8)
    identity_K, expression_E = weights_K[:people], weights_K[people:]
    points_V3 = model.shape(identity_K.astype(np.float32)) + np.tensordot(
        expression_E.astype(np.float32), model.expression_EV3, axes=1
    )
    camera_V3 = points_V3 @ rotation_33.T + translation_3
    misses_L2 = target_L2 - view.project(camera_V3[at])
    camera_V3 = _displaced(camera_V3, misses_L2, at, view)
    residual = np.sqrt((misses_L2**2).sum(axis=1).mean()) / np.ptp(target_L2[:, 1])
    head_V3 = (camera_V3 - translation_3) @ rotation_33
    return Fit(
        np.asarray(head_V3, np.float32),
        expression_E.astype(np.float32),
        rotation_33,
        translation_3,
        view,
        float(residual),
    )


def _pose(
    points_L3: NDArray[np.float64], target_L2: NDArray[np.float64], view: View
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lens = np.array([[view.focal, 0, view.width / 2], [0, view.focal, view.height / 2], [0, 0, 1]])
    start = np.zeros((3, 1)), np.array([[0.0], [0.0], [1.5]])
    _, turn, shift = cv2.solvePnP(
        points_L3.astype(np.float64), target_L2, lens, None, *start, useExtrinsicGuess=True
    )
    rotation_33, _ = cv2.Rodrigues(turn)
    return np.asarray(rotation_33, np.float64), np.asarray(shift, np.float64).ravel()


def _weights(
    points_L3: NDArray[np.float64],
    weights_K: NDArray[np.float64],
    basis_KL3: NDArray[np.float64],
    sigma_K: NDArray[np.float64],
    target_L2: NDArray[np.float64],
    view: View,
    rotation_33: NDArray[np.float64],
    translation_3: NDArray[np.float64],
) -> NDArray[np.float64]:
    """One Gauss-Newton step for all weights, each drawn towards 0 by its spread."""
    camera_L3 = points_L3 @ rotation_33.T + translation_3
    moved_KL3 = basis_KL3 @ rotation_33.T
    ratio_L2 = camera_L3[:, :2] / camera_L3[:, 2:]
    slope_KL2 = view.focal * (moved_KL3[..., :2] - ratio_L2 * moved_KL3[..., 2:]) / camera_L3[:, 2:]
    jacobian = slope_KL2.reshape(len(basis_KL3), -1).T / (_NOISE * view.width)
    wanted = (target_L2 - view.project(camera_L3)).ravel() / (_NOISE * view.width) + jacobian @ weights_K
    normal = jacobian.T @ jacobian + np.diag(1 / sigma_K**2)
    return np.asarray(np.linalg.solve(normal, jacobian.T @ wanted))


def _displaced(
    camera_V3: NDArray[np.float64], misses_L2: NDArray[np.float64], at: NDArray[np.int64], view: View
) -> NDArray[np.float64]:
    """The points moved in the picture plane by what the landmarks still miss, fading out around the face."""
    pixels_V2 = view.project(camera_V3)
    known_L2 = pixels_V2[at]
    centre, reach = known_L2.mean(axis=0), 1.6 * np.ptp(known_L2[:, 1])
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring = centre + reach / 1.6 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    sources = np.concatenate([known_L2, ring])
    values = np.concatenate([misses_L2, np.zeros_like(ring)])
    # Different landmarks may share a vertex: a little smoothing keeps the system regular.
    spline = RBFInterpolator(sources, values, neighbors=40, smoothing=0.5, kernel="thin_plate_spline")
    near = np.linalg.norm(pixels_V2 - centre, axis=1) < reach / 1.6
    moved = camera_V3.copy()
    moved[near, :2] += spline(pixels_V2[near]) * camera_V3[near, 2:] / view.focal
    return moved
