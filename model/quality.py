"""Gates with named reasons: what must be true of a sampled frame before the network is asked about it.

The codes are one vocabulary for REST, streams, console and metrics (service.md section 1); they name what a
person can do something about, and never say attack.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from model.clip import Face, Frame, PixelArray
from model.geometry import crop, face_box, face_height, face_square

_LUMA_SIZE = 128  # px; brightness and blur are measured on the face at this size, whatever its own


class Reason(StrEnum):
    NO_FACE = "no_face"
    MULTIPLE_FACES = "multiple_faces"
    FACE_TOO_SMALL = "face_too_small"
    FACE_TOO_CLOSE = "face_too_close"
    FACE_OFF_CENTER = "face_off_center"
    FACE_CROPPED = "face_cropped"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    BLURRED = "blurred"
    HEAD_POSE = "head_pose"
    FACE_LOST = "face_lost"
    FACE_CHANGED = "face_changed"
    LOW_FRAME_RATE = "low_frame_rate"
    TOO_FEW_FRAMES = "too_few_frames"
    TOO_STILL = "too_still"
    FROZEN_FRAMES = "frozen_frames"
    LOOPED_FRAMES = "looped_frames"
    TIMEOUT = "timeout"


@dataclass(frozen=True, kw_only=True, slots=True)
class QualityGates:
    """Limits of a usable frame; a deployment may move them, the model card says nothing of them."""

    min_face_height: float = 80.0  # px of a picture whose longer side is 640 at most
    max_face_share: float = 0.95  # of the frame's shorter side that the face's height may take
    max_offset: float = 0.35  # of the frame's width and height, between the face's and the frame's centre
    max_outside: float = 0.02  # share of the mesh landmarks that may lie outside the frame
    second_face: float = 0.4  # a second face this large, relative to the first, is somebody else
    max_yaw: float = 30.0  # degrees
    max_pitch: float = 30.0
    min_luma: float = 40.0  # of 255, mean over the face
    max_luma: float = 220.0
    min_sharpness: float = 2.0  # standard deviation of the face's Laplacian, luma levels of 255


def check_frame(frame: Frame, faces: Sequence[Face], gates: QualityGates) -> tuple[Reason, ...]:
    """The reasons not to judge this frame, empty where there is none; `faces` has the largest first."""
    if not faces:
        return (Reason.NO_FACE,)
    face = faces[0]
    height = face_height(face.landmarks_L3)
    if len(faces) > 1 and face_height(faces[1].landmarks_L3) >= gates.second_face * height:
        return (Reason.MULTIPLE_FACES,)
    found = [*_framing(frame, face, gates), *_light(frame, face, gates)]
    if abs(face.yaw) > gates.max_yaw or abs(face.pitch) > gates.max_pitch:
        found.append(Reason.HEAD_POSE)
    return tuple(found)


def _framing(frame: Frame, face: Face, gates: QualityGates) -> list[Reason]:
    """Where the face is, and how large."""
    rows, columns = frame.pixels_HW3.shape[:2]
    left, top, right, bottom = face_box(face.landmarks_L3)
    found = []
    if bottom - top < gates.min_face_height:
        found.append(Reason.FACE_TOO_SMALL)
    if bottom - top > gates.max_face_share * min(rows, columns):
        found.append(Reason.FACE_TOO_CLOSE)
    x, y = face.landmarks_L3[:, 0], face.landmarks_L3[:, 1]
    if np.mean((x < 0) | (x >= columns) | (y < 0) | (y >= rows)) > gates.max_outside:
        found.append(Reason.FACE_CROPPED)
    offset = max(abs((left + right) / 2 / columns - 0.5), abs((top + bottom) / 2 / rows - 0.5))
    if offset > gates.max_offset:
        found.append(Reason.FACE_OFF_CENTER)
    return found


def _light(frame: Frame, face: Face, gates: QualityGates) -> list[Reason]:
    """How bright and how sharp the face is."""
    luma = _face_luma(frame, face)
    brightness = float(luma.mean())
    if brightness < gates.min_luma:
        return [Reason.TOO_DARK]
    if brightness > gates.max_luma:
        return [Reason.TOO_BRIGHT]
    sharpness = float(cv2.Laplacian(luma, cv2.CV_32F).std())
    return [Reason.BLURRED] if sharpness < gates.min_sharpness else []


def _face_luma(frame: Frame, face: Face) -> PixelArray:
    square = face_square(face.landmarks_L3, scale=1.0)
    luma = cv2.cvtColor(crop(frame.pixels_HW3, square, size=_LUMA_SIZE), cv2.COLOR_RGB2GRAY)
    return np.asarray(luma, dtype=np.uint8)
