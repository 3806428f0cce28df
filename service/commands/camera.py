"""A video file or a camera as the stream's client needs it: JPEGs, each when it is taken."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np

from model.clip import PixelArray
from model.video import LONG_SIDE
from service.client import CameraFrame

_QUALITY: Final = (cv2.IMWRITE_JPEG_QUALITY, 90)
_CAMERA_FPS: Final = 30.0


class SourceError(ValueError):
    """There is no such video or camera, or it gives no picture."""


@dataclass(frozen=True, slots=True)
class Source:
    """Ask for `frames` once."""

    size: tuple[int, int]  # px, width and height
    fps: float
    frames: Iterator[CameraFrame]


def open_source(name: str) -> Source:
    """A camera where the name is a number, else a file. Raises SourceError."""
    return _camera(int(name)) if name.isdecimal() else _file(Path(name))


def _file(path: Path) -> Source:
    """The file at the pace at which it was recorded."""
    try:
        with av.open(path) as container:
            video = container.streams.video[0]
            fps = float(video.average_rate or _CAMERA_FPS)
            size = (video.codec_context.width, video.codec_context.height)
    except (OSError, IndexError, av.error.FFmpegError) as error:
        raise SourceError(f"{path} is no video that can be read: {error}") from error
    return Source(size, fps, _at_its_pace(_pictures(path)))


def _pictures(path: Path) -> Iterator[tuple[PixelArray, float]]:
    with av.open(path) as container:
        for picture in container.decode(video=0):
            upright = np.rot90(picture.to_ndarray(format="rgb24"), k=picture.rotation // 90)
            yield np.ascontiguousarray(upright), float(picture.time or 0.0)


def _at_its_pace(pictures: Iterator[tuple[PixelArray, float]]) -> Iterator[CameraFrame]:
    started: float | None = None
    for pixels_HW3, at in pictures:
        started = time.monotonic() - at if started is None else started
        jpeg = _jpeg(pixels_HW3)
        time.sleep(max(0.0, started + at - time.monotonic()))
        yield CameraFrame(jpeg, at)


def _camera(number: int) -> Source:
    camera = cv2.VideoCapture(number)
    opened, _ = camera.read()
    if not opened:
        raise SourceError(f"camera {number} gives no picture; is it there, and free?")
    size = (int(camera.get(cv2.CAP_PROP_FRAME_WIDTH)), int(camera.get(cv2.CAP_PROP_FRAME_HEIGHT)))
    return Source(size, camera.get(cv2.CAP_PROP_FPS) or _CAMERA_FPS, _live(camera))


def _live(camera: cv2.VideoCapture) -> Iterator[CameraFrame]:
    try:
        while True:
            good, pixels_HW3 = camera.read()
            if not good:
                return
            at = time.monotonic()
            rgb_HW3 = np.asarray(cv2.cvtColor(pixels_HW3, cv2.COLOR_BGR2RGB), dtype=np.uint8)
            yield CameraFrame(_jpeg(rgb_HW3), at)
    finally:
        camera.release()


def _jpeg(pixels_HW3: PixelArray) -> bytes:
    """At most as large as the service looks at it."""
    height, width = pixels_HW3.shape[:2]
    scale = min(1.0, LONG_SIDE / max(height, width))
    if scale < 1:
        size = (round(width * scale), round(height * scale))
        pixels_HW3 = np.asarray(cv2.resize(pixels_HW3, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    _, jpeg = cv2.imencode(".jpg", cv2.cvtColor(pixels_HW3, cv2.COLOR_RGB2BGR), _QUALITY)
    return jpeg.tobytes()
