"""Heads that move: pieces of surface with directions of expression, turned on the neck.

Head frame: metres, x to the picture's right when the face looks at the camera, y down, z away from the
camera, the origin between the ears. V vertices, E expressions, L landmarks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray
from training.synthesis.mesh import Part, Surface

EXPRESSIONS: Final = (
    "blink_left",
    "blink_right",
    "squint",
    "brow_up",
    "brow_down",
    "jaw_open",
    "smile",
    "pucker",
    "funnel",
    "stretch",
    "press",
    "upper_up",
)
_MOUTH_OPENS: Final = [
    EXPRESSIONS.index(name) for name in ("jaw_open", "smile", "pucker", "funnel", "stretch", "upper_up")
]
_LIPS_PART: Final = 0.03
_NECK_PIVOT: Final = np.array([0.0, 0.06, 0.02], np.float32)  # top of the spine, below and behind the ears


class HeadKind(StrEnum):
    PHOTO = "photo"  # a portrait on a fitted head
    RIGGED = "rigged"  # a modelled and painted head
    PROCEDURAL = "procedural"  # made without assets, for tests


@dataclass(frozen=True, slots=True)
class HeadState:
    """Where a head is at one moment, and what it does."""

    rotation_3: FloatArray  # rotation vector on the neck, radians
    shift_3: FloatArray  # of the whole person, metres in the camera's first frame
    expression_E: FloatArray  # 0 at rest, 1 in full
    gaze_2: FloatArray  # of the eyes: to the right, down; radians


@dataclass(frozen=True, kw_only=True, eq=False)
class Piece:
    """A part of a head that moves as one surface."""

    surface: Surface
    rest_V3: FloatArray
    turns_V: FloatArray  # 1 where it follows the head's turn in full, 0 where it stays with the shoulders
    directions_EV3: FloatArray | None = None
    eye_3: FloatArray | None = None  # centre about which the gaze turns it
    welded_V: NDArray[np.int32] | None = None
    behind_lips: bool = False  # seen only while the mouth is open

    def posed(self, state: HeadState, rotation_33: FloatArray) -> FloatArray:
        points = self.rest_V3
        if self.directions_EV3 is not None:
            active = np.flatnonzero(np.abs(state.expression_E) > 1e-3)
            moves = np.tensordot(state.expression_E[active], self.directions_EV3[active], axes=1)
            points = points + moves.astype(np.float32)
        if self.eye_3 is not None:
            turn, _ = cv2.Rodrigues(np.array([-state.gaze_2[1], state.gaze_2[0], 0.0]))
            points = (points - self.eye_3) @ turn.T.astype(np.float32) + self.eye_3
        turned = (points - _NECK_PIVOT) @ rotation_33.T + _NECK_PIVOT
        return np.asarray(points + self.turns_V[:, None] * (turned - points), np.float32)


@dataclass(frozen=True, kw_only=True, eq=False)
class Head:
    """One identity."""

    name: str
    kind: HeadKind
    pieces: tuple[Piece, ...]
    landmark_vertices_L: NDArray[np.int64]  # of the first piece, near MediaPipe's mesh landmarks
    tags: Mapping[str, str]  # factors of every capture of it

    def parts(self, state: HeadState, to_camera_44: NDArray[np.float64]) -> tuple[Part, ...]:
        """The pieces in the camera's frame; `to_camera_44` takes points of the head's frame there."""
        speaks = bool(state.expression_E[_MOUTH_OPENS].max() > _LIPS_PART)
        shown = [piece for piece in self.pieces if speaks or not piece.behind_lips]
        return tuple(
            Part(piece.surface, points, piece.surface.normals(points, piece.welded_V))
            for piece, points in zip(shown, self._posed(shown, state, to_camera_44), strict=True)
        )

    def landmarks(self, state: HeadState, to_camera_44: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points (L, 3) of the face in the camera's frame."""
        (points_V3,) = self._posed(self.pieces[:1], state, to_camera_44)
        return points_V3[self.landmark_vertices_L].astype(np.float64)

    def _posed(
        self, pieces: Sequence[Piece], state: HeadState, to_camera_44: NDArray[np.float64]
    ) -> list[FloatArray]:
        rotation_33, _ = cv2.Rodrigues(state.rotation_3.astype(np.float64))
        to_camera = to_camera_44.astype(np.float32)
        return [
            np.asarray(
                piece.posed(state, rotation_33.astype(np.float32)) @ to_camera[:3, :3].T + to_camera[:3, 3],
                np.float32,
            )
            for piece in pieces
        ]
