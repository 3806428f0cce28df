"""A prepared folder of assets as heads, lights and backgrounds, split by identity."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final, Protocol

import cv2
import numpy as np

from model.clip import FloatArray
from training.errors import TrainingError
from training.synthesis.heads import Head, HeadKind
from training.synthesis.ict import FaceModel, load_face_model
from training.synthesis.lighting import LightProbe, light_probe
from training.synthesis.photo import read_photo_head
from training.synthesis.rigged import read_rigged_head

_SHARES: Final = (("train", 0.7), ("dev", 0.1), ("test", 0.2))
_ROOM_SIZE: Final = 768  # px of a view cut from a panorama
_CACHED: Final = 8


class MissingAssetsError(TrainingError):
    """A folder of assets lacks something; the message says how to get it."""

    code = "missing_assets"


def split_of(identity: str) -> str:
    """The split that an identity belongs to, by its name alone."""
    value = int.from_bytes(hashlib.sha256(identity.encode()).digest()[:8], "big") / 2**64
    for split, share in _SHARES:
        if value < share:
            return split
        value -= share
    return _SHARES[-1][0]


class Sources(Protocol):
    """What scenes are made of: `Library`, or a test's own."""

    @property
    def identities(self) -> Mapping[str, Mapping[HeadKind, tuple[str, ...]]]:
        """Names of heads by split and kind."""

    @property
    def panoramas(self) -> tuple[str, ...]: ...

    def head(self, kind: HeadKind, name: str) -> tuple[Head, FloatArray | None]:
        """A head, and the linear background of its portrait where it has one."""

    def probe(self, name: str) -> LightProbe: ...


@dataclass(frozen=True, eq=False)
class Library:
    """Everything that scenes are made of. Read lazily, so that each process reads what it needs."""

    folder: Path
    identities: dict[str, dict[HeadKind, tuple[str, ...]]] = field(init=False)

    def __post_init__(self) -> None:
        found = {
            HeadKind.PHOTO: _names(self.folder / "portraits", ".npz"),
            HeadKind.RIGGED: _names(self.folder / "rigged", ".npz"),
        }
        if not any(found.values()) or not self.panoramas:
            raise MissingAssetsError(
                f"{self.folder} holds no prepared heads or panoramas; "
                "`python -m training assets --assets DIR --out FOLDER` makes them"
            )
        by_split = {
            split: {kind: tuple(n for n in names if split_of(n) == split) for kind, names in found.items()}
            for split, _ in _SHARES
        }
        object.__setattr__(self, "identities", by_split)

    @property
    def panoramas(self) -> tuple[str, ...]:
        return _names(self.folder / "panoramas", ".npy")

    def head(self, kind: HeadKind, name: str) -> tuple[Head, FloatArray | None]:
        """A head, and the linear background of its portrait where it has one."""
        if kind is HeadKind.RIGGED:
            return read_rigged_head(self.folder / "rigged" / f"{name}.npz"), None
        head, background = read_photo_head(self.folder / "portraits" / f"{name}.npz", _model(self.folder))
        return head, linear(background)

    def probe(self, name: str) -> LightProbe:
        return _probe(self.folder, name)


def linear(pixels_HW3: np.ndarray) -> FloatArray:
    """sRGB levels -> linear light in [0, 1]."""
    value = np.asarray(pixels_HW3, np.float32) / 255
    return np.asarray(np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4), np.float32)


def room_view(panorama_HW3: FloatArray, yaw: float, half_angle: float) -> FloatArray:
    """The square view (radians from its middle to its edge) that a camera has of a panorama towards `yaw`."""
    height, width = panorama_HW3.shape[:2]
    ramp = np.tan(half_angle) * ((np.arange(_ROOM_SIZE) + 0.5) / _ROOM_SIZE * 2 - 1)
    x, y = np.meshgrid(ramp, ramp)
    azimuth = np.arctan2(x, 1.0) + yaw
    polar = np.arctan2(y, np.hypot(x, 1.0))
    columns = (azimuth / (2 * np.pi) + 0.5) % 1.0 * width - 0.5
    rows = (polar / np.pi + 0.5) * height - 0.5
    view = cv2.remap(
        panorama_HW3,
        columns.astype(np.float32),
        rows.astype(np.float32),
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_WRAP,
    )
    return np.asarray(np.maximum(view, 0.0), np.float32)


@lru_cache(maxsize=1)
def _model(folder: Path) -> FaceModel:
    return load_face_model(folder / "ict_facekit.npz")


@lru_cache(maxsize=_CACHED)
def _probe(folder: Path, name: str) -> LightProbe:
    return light_probe(np.load(folder / "panoramas" / f"{name}.npy").astype(np.float32))


def _names(folder: Path, suffix: str) -> tuple[str, ...]:
    return tuple(
        sorted(p.name.removesuffix(suffix) for p in folder.glob(f"*{suffix}") if ".partial" not in p.name)
    )
