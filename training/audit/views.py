"""What a probe may see of a capture: numbers about the room, the camera or the picture, never about motion.

A shortcut is whatever tells the classes apart without being a sign of life. H x W px, L landmarks.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import NUM_MESH_LANDMARKS, BoolArray, PixelArray
from model.geometry import inside_hull
from training.datasets.capture import Capture
from training.windows import decoded

Numbers = NDArray[np.float64]

BEFORE_THE_WALL: Final = 0.3  # metres behind the face: what lies nearer is a body or an instrument
LEAST_BACKGROUND: Final = 0.02  # of the picture; with less there is nothing to look at
_RIM: Final = 5  # px around a mask, where it is not exact
_RINGS: Final = 12  # of the spectrum
_GRID: Final = 4  # fields a side of the background


@dataclass(frozen=True)
class View:
    """A capture, the first of its frames, and the captures that it is set against."""

    capture: Capture
    beside: tuple[Capture, ...]

    @cached_property
    def pixels(self) -> PixelArray:
        return _decoded(self.capture.frames[0])

    @cached_property
    def face(self) -> BoolArray:
        return face_region(self.capture, self.pixels.shape)

    @cached_property
    def background(self) -> BoolArray:
        """Where neither this capture nor those beside it show a person or an instrument.

        The same for all of them, or the mask's shape would give the class away.
        """
        shape = self.pixels.shape
        near = np.any([_near(each, shape) for each in (self.capture, *self.beside)], axis=0)
        return np.asarray(~near)


# Each probe makes its own views of the same few captures of a group.
_decoded = lru_cache(maxsize=16)(decoded)


def face_region(capture: Capture, shape: tuple[int, ...]) -> BoolArray:
    return inside_hull(capture.landmarks_TL3[0, :NUM_MESH_LANDMARKS, :2], shape)


def _near(capture: Capture, shape: tuple[int, ...]) -> BoolArray:
    """Face, body and instrument (H, W): what stands before the room."""
    height, width = shape[:2]
    face = face_region(capture, shape)
    depth = cv2.resize(capture.depth_THW[0], (width, height), interpolation=cv2.INTER_NEAREST)
    hit = depth > 0
    near = face
    if (face & hit).any():
        near = face | (hit & (depth < np.median(depth[face & hit]) + BEFORE_THE_WALL))
    wide = cv2.dilate(near.astype(np.uint8), np.ones((2 * _RIM + 1, 2 * _RIM + 1), np.uint8))
    return np.asarray(wide > 0)


def background(view: View) -> Numbers | None:
    """Colour and detail of the room, coarsely placed; None where a person or an instrument hides it."""
    if view.background.mean() < LEAST_BACKGROUND:
        return None
    weight = view.background.astype(np.float32)[..., None]
    small = cv2.resize(view.pixels * weight, (_GRID, _GRID), interpolation=cv2.INTER_AREA)
    shown = cv2.resize(weight, (_GRID, _GRID), interpolation=cv2.INTER_AREA)[..., None]
    fields = np.where(shown > LEAST_BACKGROUND, small / np.maximum(shown, LEAST_BACKGROUND), 0.0)
    return np.concatenate([fields.ravel(), tone(view.pixels, view.background)])


def box(view: View) -> Numbers:
    """Where the face's box lies at the median and how large it is: how it moves may be evidence."""
    mesh = view.capture.landmarks_TL3[:, :NUM_MESH_LANDMARKS, :2].astype(np.float64)
    low, high = mesh.min(axis=1), mesh.max(axis=1)
    return np.concatenate([np.median((low + high) / 2, axis=0), np.median(high - low, axis=0)])


def length(view: View) -> Numbers:
    times = view.capture.times_T
    return np.array([len(times), times[-1] - times[0]])


def file_size(view: View) -> Numbers:
    """Bytes of the stored frames, beside the codec's preset."""
    sizes = np.array([len(jpeg) for jpeg in view.capture.frames], dtype=np.float64)
    return np.concatenate([[np.log(sizes.mean()), np.log1p(sizes.std())], presets(view)])


def presets(view: View) -> Numbers:
    """Camera, light and codec, each hashed into a few columns: the same name gives the same numbers."""
    names = [str(view.capture.factors.get(key, "")) for key in ("camera", "session", "codec", "quality")]
    return np.concatenate([_columns(name) for name in names])


def kind(view: View) -> Numbers:
    """Photo-textured or rigged."""
    return _columns(str(view.capture.factors.get("head", "")))


def face_tone(view: View) -> Numbers:
    return tone(view.pixels, view.face)


def texture(view: View) -> Numbers:
    """Noise and fine spectrum of the face: energy on rings of its power spectrum, with its tone."""
    x, y, width, height = cv2.boundingRect(view.face.astype(np.uint8))
    grey = cv2.cvtColor(view.pixels[y : y + height, x : x + width], cv2.COLOR_RGB2GRAY)
    face = cv2.resize(grey, (128, 128), interpolation=cv2.INTER_AREA).astype(np.float64)
    power = np.abs(np.fft.fftshift(np.fft.fft2((face - face.mean()) * np.outer(*[np.hanning(128)] * 2)))) ** 2
    radius = np.hypot(*(np.mgrid[:128, :128] - 64))
    ring = np.minimum(radius * _RINGS / 64, _RINGS).astype(int)
    sums = np.bincount(ring.ravel(), power.ravel(), _RINGS + 1)[:_RINGS]
    return np.log(sums / np.bincount(ring.ravel(), minlength=_RINGS + 1)[:_RINGS] + 1)


def one_frame(view: View) -> Numbers:
    return np.concatenate([face_tone(view), texture(view)])


def tone(pixels_HW3: PixelArray, region_HW: BoolArray) -> Numbers:
    """Ten statistics of a region: colour, level, contrast, saturation, sharpness at two sizes."""
    inside = pixels_HW3[region_HW].astype(np.float64)
    hsv = cv2.cvtColor(pixels_HW3, cv2.COLOR_RGB2HSV)[region_HW]
    grey = cv2.cvtColor(pixels_HW3, cv2.COLOR_RGB2GRAY)
    black, white = np.percentile(grey[region_HW], (1, 99))
    edges = cv2.Laplacian(grey, cv2.CV_64F)[region_HW].std()
    coarse = cv2.Laplacian(cv2.GaussianBlur(grey, (0, 0), 2), cv2.CV_64F)[region_HW].std()
    levels = [*inside.mean(axis=0), grey[region_HW].std(), black, white]
    return np.array([*levels, hsv[:, 1].mean(), hsv[:, 1].std(), np.log1p(edges), np.log1p(coarse)])


def _columns(name: str) -> Numbers:
    """Eight numbers that a name always gets."""
    return np.random.default_rng(list(name.encode())).standard_normal(8)
