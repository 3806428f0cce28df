"""Portraits -> what photo-textured heads need: the face fitted, the person cut out, the background filled.

H, W of the portrait in px. One npz for each portrait that can be used; the others are left out with a reason.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from model.clip import Face, FloatArray, Frame, PixelArray
from model.faces import LandmarkFinder
from model.geometry import face_box, face_height
from training.synthesis.crown import crowned, missing_crown, reachable
from training.synthesis.fitting import Fit, fit_portrait
from training.synthesis.ict import FaceModel
from training.synthesis.label_bars import without_label_bar

_MIN_FACE = 115  # px of height
_MAX_YAW, _MAX_PITCH = 20.0, 20.0
_MAX_RESIDUAL = 0.02
_SEGMENTER_SIZE: Final = 256
_BELOW = 0.3  # of the height: the chest is carried on below the picture
_MOUTH_OPEN = 0.025  # of the face's height
_UPPER_LIP, _LOWER_LIP = 13, 14  # MediaPipe's inner lips


class UnusablePortraitError(ValueError):
    """A portrait that makes no head, with the reason."""


class PersonSegmenter:
    """MediaPipe's selfie segmentation (Apache-2.0), once for each portrait."""

    def __init__(self, model: Path) -> None:
        from ai_edge_litert.interpreter import Interpreter  # only preparing needs it

        self._interpreter = Interpreter(str(model), num_threads=1)
        self._interpreter.allocate_tensors()

    def coverage(self, pixels_HW3: PixelArray) -> FloatArray:
        """How much of each pixel belongs to a person, (H, W) in [0, 1]."""
        size = (_SEGMENTER_SIZE, _SEGMENTER_SIZE)
        small = cv2.resize(pixels_HW3, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        self._interpreter.set_tensor(self._interpreter.get_input_details()[0]["index"], small[None])
        self._interpreter.invoke()
        mask = self._interpreter.get_tensor(self._interpreter.get_output_details()[0]["index"])[0, ..., 0]
        height, width = pixels_HW3.shape[:2]
        smooth = cv2.resize(mask, (width, height), interpolation=cv2.INTER_CUBIC)
        return np.asarray(np.clip((smooth - 0.25) / 0.5, 0, 1), np.float32)


@dataclass(frozen=True, slots=True)
class PortraitTools:
    """What preparing portraits works with."""

    finder: LandmarkFinder
    segmenter: PersonSegmenter
    model: FaceModel


def prepare_portrait(path: Path, tools: PortraitTools) -> dict[str, Any]:
    """The arrays of one portrait's npz. Raises UnusablePortraitError."""
    pixels = without_label_bar(_read(path))
    face = _only_face(tools.finder.find(Frame(pixels, 0.0, 0)))
    coverage, landmarks_L3 = _largest(tools.segmenter.coverage(pixels), face), face.landmarks_L3
    missing = missing_crown(coverage, landmarks_L3)
    if not reachable(missing, landmarks_L3):
        raise UnusablePortraitError("the head is cut off at the top")
    if missing:
        pixels, coverage, landmarks_L3 = crowned(pixels, coverage, landmarks_L3, missing)
    height, width = pixels.shape[:2]
    fit = fit_portrait(landmarks_L3, tools.model, width=width, height=height)
    if fit.residual > _MAX_RESIDUAL:
        raise UnusablePortraitError(
            f"the head model misses the face by {100 * fit.residual:.1f} % of its height"
        )
    pixels, coverage = _carried_on(pixels, coverage)
    return {
        "picture": _jpeg(pixels),
        "background": _jpeg(filled_background(pixels, coverage)),
        "coverage": np.asarray(np.round(coverage * 255), np.uint8),
        "mouth_open": _mouth_gap(face) > _MOUTH_OPEN,
        "landmarks_L3": landmarks_L3,
        **_fit_arrays(fit),
    }


def filled_background(pixels_HW3: PixelArray, coverage_HW: FloatArray) -> PixelArray:
    """What may lie behind the person: the visible background, grown smoothly into the hole."""
    weight = (cv2.dilate(coverage_HW, np.ones((9, 9), np.uint8)) < 0.02).astype(np.float32)
    if weight.mean() < 0.02:
        weight = np.zeros_like(weight)
        weight[: max(4, len(weight) // 40)] = 1.0
    filled = np.asarray(pixels_HW3 * weight[..., None], np.float32)
    levels: list[tuple[FloatArray, FloatArray]] = [(filled, np.asarray(weight, np.float32))]
    while min(levels[-1][1].shape) > 4:
        halves = (np.asarray(cv2.pyrDown(each), np.float32) for each in levels[-1])
        levels.append((next(halves), next(halves)))
    filled, known = levels[-1]
    picture = np.asarray(filled / np.maximum(known[..., None], 1e-4), np.float32)
    for filled, known in reversed(levels[:-1]):
        coarse = np.asarray(cv2.pyrUp(picture, dstsize=(known.shape[1], known.shape[0])), np.float32)
        share = np.clip(known * 4, 0, 1)[..., None]
        here = share * filled / np.maximum(known[..., None], 1e-4) + (1 - share) * coarse
        picture = np.asarray(here, np.float32)
    return np.asarray(np.clip(np.round(picture), 0, 255), np.uint8)


def _only_face(faces: tuple[Face, ...]) -> Face:
    if not faces:
        raise UnusablePortraitError("no face is found")
    if len(faces) > 1 and face_height(faces[1].landmarks_L3) > 0.4 * face_height(faces[0].landmarks_L3):
        raise UnusablePortraitError("two faces")
    face = faces[0]
    if face_height(face.landmarks_L3) < _MIN_FACE:
        raise UnusablePortraitError(f"the face is below {_MIN_FACE} px")
    if abs(face.yaw) > _MAX_YAW or abs(face.pitch) > _MAX_PITCH:
        raise UnusablePortraitError("the face is turned away")
    return face


def _largest(coverage_HW: FloatArray, face: Face) -> FloatArray:
    """The coverage without what hangs together with no face."""
    _, labels = cv2.connectedComponents((coverage_HW > 0.5).astype(np.uint8))
    left, top, right, bottom = face_box(face.landmarks_L3)
    column, row = int((left + right) / 2), int((top + bottom) / 2)
    person = cv2.dilate((labels == labels[row, column]).astype(np.uint8), np.ones((5, 5), np.uint8))
    if labels[row, column] == 0:
        raise UnusablePortraitError("the face is not found in front of its background")
    return np.asarray(coverage_HW * person, np.float32)


def _carried_on(pixels_HW3: PixelArray, coverage_HW: FloatArray) -> tuple[PixelArray, FloatArray]:
    """The portrait with its lowest rows repeated, mirrored and soft, so that no chest ends in the picture."""
    rows = round(_BELOW * len(pixels_HW3))
    below = cv2.GaussianBlur(pixels_HW3[-rows:][::-1], (0, 0), 3.0)
    cover = np.repeat(coverage_HW[-1:], rows, axis=0)
    return np.concatenate([pixels_HW3, below]), np.concatenate([coverage_HW, cover])


def _mouth_gap(face: Face) -> float:
    upper, lower = face.landmarks_L3[_UPPER_LIP, 1], face.landmarks_L3[_LOWER_LIP, 1]
    return float(lower - upper) / face_height(face.landmarks_L3)


def _fit_arrays(fit: Fit) -> dict[str, Any]:
    return {
        "points_V3": fit.points_V3,
        "expression_E": fit.expression_E,
        "rotation_33": fit.rotation_33,
        "translation_3": fit.translation_3,
        "focal": fit.view.focal,
        "fitted_height": fit.view.height,
        "residual": fit.residual,
    }


def _read(path: Path) -> PixelArray:
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    if pixels is None:
        raise UnusablePortraitError("the file is no picture")
    return np.asarray(pixels, np.uint8)


def _jpeg(pixels_HW3: PixelArray) -> PixelArray:
    done, data = cv2.imencode(".jpg", pixels_HW3[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 97])
    assert done
    return np.asarray(data, np.uint8).ravel()
