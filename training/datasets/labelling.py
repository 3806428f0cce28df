"""A sample of a real data set -> a capture as our own are: pictures about the face, landmarks, depth.

T sampled frames, L landmarks, D side of a depth map, H, W of a decoded frame.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

import cv2
import numpy as np

from model.card import SamplingRule
from model.clip import Face, FloatArray, Frame, PixelArray, Square
from model.geometry import crop
from model.quality import Reason
from training.datasets.capture import Capture
from training.datasets.footage import Footage, FootageError, read_footage
from training.datasets.framing import (
    DEPTH_CELLS,
    PICTURE_SIZE,
    choose_face,
    crop_depth,
    in_picture,
    longest_run,
    picture_square,
)
from training.datasets.sample import DepthFormat, Sample
from training.face_depth import landmark_depth

UNREADABLE: Final = "unreadable"
_JPEG_QUALITY = 95


class FaceFinder(Protocol):
    """What finds dense landmarks; `model.faces.LandmarkFinder` does."""

    def find(self, frame: Frame) -> tuple[Face, ...]: ...


class DepthSource(StrEnum):
    """Where a bona fide video's depth comes from (paper Table 5: generated or actual)."""

    LANDMARKS = "landmarks"
    SHIPPED = "shipped"


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelRule:
    """How a data set is labelled."""

    sampling: SamplingRule = field(default_factory=SamplingRule)
    depth: DepthSource = DepthSource.LANDMARKS
    min_frames: int = 5  # T of a window
    max_frames: int = 60  # sampled frames of a video, from its start


class UnlabelledError(ValueError):
    """A sample without a capture: a stable code and a sentence."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


def label_sample(sample: Sample, *, group: int, faces: FaceFinder, rule: LabelRule) -> Capture:
    """The longest run of sampled frames with a face, as a capture. Raises UnlabelledError."""
    try:
        footage = read_footage(sample, rule.sampling)
    except FootageError as error:
        raise UnlabelledError(UNREADABLE, str(error)) from error
    frames = footage.frames[: rule.max_frames]
    chosen = [choose_face(faces.find(frame), box) for frame, box in zip(frames, footage.boxes, strict=False)]
    run = _usable_run(sample, footage, chosen, rule)
    kept = [face for face in chosen[run] if face is not None]
    square = picture_square(kept)
    landmarks_TL3 = np.stack([in_picture(face.landmarks_L3, square) for face in kept])
    times = [frame.time for frame in frames[run]]
    return Capture(
        group=group,
        split=sample.split,
        subject=f"{sample.data_set}/{sample.subject}",
        species=sample.species,
        bona_fide=sample.bona_fide,
        frames=tuple(_jpeg(crop(frame.pixels_HW3, square, size=PICTURE_SIZE)) for frame in frames[run]),
        times_T=np.array(times) - times[0],
        landmarks_TL3=landmarks_TL3,
        depth_THW=_depth(sample, footage.depths[run], landmarks_TL3, square, rule),
        factors={
            "session": sample.session,
            "camera": sample.camera,
            "data_set": sample.data_set,
            "name": sample.name,
            "frame_indices": [frame.index for frame in frames[run]],
        },
    )


def _usable_run(sample: Sample, footage: Footage, chosen: Sequence[Face | None], rule: LabelRule) -> slice:
    if not any(chosen):
        raise UnlabelledError(Reason.NO_FACE, f"no face in any of {len(chosen)} sampled frames")
    needs_depth = rule.depth is DepthSource.SHIPPED and sample.bona_fide
    usable = [
        face is not None and not (needs_depth and depth is None)
        for face, depth in zip(chosen, footage.depths, strict=False)
    ]
    run = longest_run(usable)
    length = run.stop - run.start
    if length >= rule.min_frames:
        return run
    if len(chosen) < rule.min_frames:
        raise UnlabelledError(
            Reason.TOO_FEW_FRAMES, f"{len(chosen)} sampled frames, {rule.min_frames} are needed"
        )
    what = "a face and a depth picture" if needs_depth else "a face"
    raise UnlabelledError(
        Reason.FACE_LOST, f"{what} in {length} sampled frames in a row at most, {rule.min_frames} are needed"
    )


def _depth(
    sample: Sample,
    shipped: Sequence[FloatArray | None],
    landmarks_TL3: FloatArray,
    square: Square,
    rule: LabelRule,
) -> FloatArray:
    """Metres, (T, D, D). Attacks: what a depth camera measured of the instrument, else nothing at all."""
    measured = sample.depth_format is DepthFormat.MILLIMETRES
    if measured if not sample.bona_fide else rule.depth is DepthSource.SHIPPED:
        return np.stack([crop_depth(depth_HW, square) for depth_HW in shipped])
    if sample.bona_fide:
        return np.stack(
            [landmark_depth(each, picture_size=PICTURE_SIZE, cells=DEPTH_CELLS) for each in landmarks_TL3]
        )
    return np.zeros((len(shipped), DEPTH_CELLS, DEPTH_CELLS), dtype=np.float32)


def _jpeg(pixels_HW3: PixelArray) -> bytes:
    encoded, data = cv2.imencode(
        ".jpg", cv2.cvtColor(pixels_HW3, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    )
    assert encoded
    return data.tobytes()
