"""Procedural captures: a texture on a turning dome, and on a plane; for what needs groups and no renderer."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from model.clip import FloatArray, PixelArray
from tests.model.test_geometry import head
from training.datasets.capture import Capture, write_group

# For torch, where a test imports it: on shared cores two threads mostly wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")

PICTURE = 288  # px
DEPTH = 96  # cells of a stored depth map
FRAMES = 14
_FACE = 0.6  # of the size of `head`
_RADIUS = 140 * _FACE  # px
_RELIEF = 0.06  # metres between the nose and the rim


def turning(frames: int, *, seed: int, sway: float) -> FloatArray:
    """Yaw of each frame in radians, up to `sway`."""
    phase = np.random.default_rng(seed).uniform(0, 2 * np.pi)
    return (sway * np.sin(0.5 * np.arange(frames) + phase)).astype(np.float32)


def landmarks_at(yaw: float, *, depth: float) -> FloatArray:
    points = head(yaw=yaw, depth=depth) - np.array([320.0, 240.0, 0.0], np.float32)
    return (_FACE * points + np.array([PICTURE / 2, PICTURE / 2, 0.0])).astype(np.float32)


def _dome() -> FloatArray:
    """Height of the surface over the picture, in units of the face's half width."""
    y, x = (np.mgrid[:PICTURE, :PICTURE] + 0.5 - PICTURE / 2) / _RADIUS
    return np.sqrt(np.maximum(0, 1 - x**2 / 2 - y**2 / 2)).astype(np.float32)


def _turned(texture_HW3: PixelArray, yaw: float, height_HW: FloatArray) -> PixelArray:
    """The surface seen from the front after it has turned about the vertical."""
    y, x = np.mgrid[:PICTURE, :PICTURE].astype(np.float32)
    centred = x - PICTURE / 2
    source = (centred - np.sin(yaw) * _RADIUS * height_HW) / np.cos(yaw) + PICTURE / 2
    turned = cv2.remap(
        texture_HW3, source.astype(np.float32), y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    return np.asarray(turned, dtype=np.uint8)


def _texture(seed: int) -> PixelArray:
    rng = np.random.default_rng(seed)
    fine, coarse = rng.integers(60, 190, (48, 48, 3)), rng.integers(60, 190, (9, 9, 3))
    wide = [
        cv2.resize(each.astype(np.float32), (PICTURE, PICTURE), interpolation=cv2.INTER_CUBIC)
        for each in (fine, coarse)
    ]
    return np.clip((wide[0] + wide[1]) / 2, 0, 255).astype(np.uint8)


def _jpeg(pixels_HW3: PixelArray) -> bytes:
    done, data = cv2.imencode(".jpg", pixels_HW3[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])
    assert done
    return data.tobytes()


def procedural_capture(group: int, split: str, species: str, *, sway: float = 0.2) -> Capture:
    """`bona_fide` turns as a dome, any other species as a plane; `print_*` also shows a halftone."""
    living = species == "bona_fide"
    dome = _dome()
    texture = _texture(group).astype(np.int16)
    if species.startswith("print"):
        texture += np.where(np.indices((PICTURE, PICTURE)).sum(axis=0) % 6 < 3, 18, -18)[..., None]
    texture_HW3 = np.clip(texture, 0, 255).astype(np.uint8)
    height = dome if living else np.zeros_like(dome)
    yaws = turning(FRAMES, seed=group, sway=sway)
    depth_DD = cv2.resize(0.5 - _RELIEF * height, (DEPTH, DEPTH), interpolation=cv2.INTER_AREA)
    return Capture(
        group=group,
        split=split,
        subject=f"texture {group}",
        species=species,
        bona_fide=living,
        frames=tuple(_jpeg(_turned(texture_HW3, float(yaw), height)) for yaw in yaws),
        times_T=0.15 * np.arange(FRAMES),
        landmarks_TL3=np.stack([landmarks_at(float(yaw), depth=float(living)) for yaw in yaws]),
        depth_THW=np.repeat(depth_DD[None], FRAMES, axis=0).astype(np.float32),
    )


def write_procedural(directory: Path, groups: dict[str, int], *, first: int = 0) -> Path:
    """So many groups of each split: a bona fide capture, a print and a plane without a print's marks."""
    for split, count in groups.items():
        for group in range(first, first + count):
            species = ("bona_fide", "print_flat", "wobble")
            write_group(directory, [procedural_capture(group, split, each) for each in species])
        first += count
    return directory


@pytest.fixture(scope="session")
def captures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six groups to train on, three for dev, two for test."""
    return write_procedural(tmp_path_factory.mktemp("captures"), {"train": 6, "dev": 3, "test": 2})
