"""What cameras, networks and client software do to a capture between the face and us, one thing at a time.

Each is a pure function of the footage and a seeded generator. Sizes and landmarks stay as they were, so that
the quality gates are not what is measured. T frames of H x W px, L landmarks.
"""

import io
from collections.abc import Sequence

import av
import cv2
import numpy as np

from model.clip import NUM_MESH_LANDMARKS, FloatArray, PixelArray
from model.geometry import inside_hull
from training.footage import Change, Footage, each_picture, with_pixels

_GREY = 128
_CAMERA_FPS = 30  # of the film that sampled frames were taken from


def jpeg(quality: int) -> Change:
    """Every frame stored as JPEG of this quality."""

    def change(pixels_HW3: PixelArray) -> PixelArray:
        _, data = cv2.imencode(".jpg", pixels_HW3[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR_RGB), dtype=np.uint8)

    return each_picture(change)


def h264(crf: int) -> Change:
    """The frames as H.264 of this rate factor, at an even size (the codec knows no other).

    A frame that is shown for longer is given more bits, so footage with all its frames keeps its own rate.
    """

    def change(footage: Footage, _: np.random.Generator) -> Footage:
        fps = _CAMERA_FPS if footage.sampled else max(1, round(footage.fps))
        pictures = _through_h264([frame.pixels_HW3 for frame in footage.frames], crf, fps)
        return with_pixels(footage, pictures)

    return change


def half_size() -> Change:
    """Half the pixels along each side, brought back to the old size."""

    def change(pixels_HW3: PixelArray) -> PixelArray:
        height, width = pixels_HW3.shape[:2]
        small = cv2.resize(pixels_HW3, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        back = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(back, dtype=np.uint8)

    return each_picture(change)


def brightness(gain: float) -> Change:
    return each_picture(lambda pixels: np.asarray(cv2.convertScaleAbs(pixels, alpha=gain), dtype=np.uint8))


def black_lifted(share: float) -> Change:
    """Black becomes `share` of white, as in fog or behind a bright window."""
    levels = np.arange(256) * (1 - share) + 255 * share
    return each_picture(lambda pixels: np.asarray(cv2.LUT(pixels, levels.astype(np.uint8)), dtype=np.uint8))


def levels_stretched() -> Change:
    """The 1st and 99th percentile of the footage's luma become black and white."""

    def change(footage: Footage, rng: np.random.Generator) -> Footage:
        luma = [cv2.cvtColor(frame.pixels_HW3, cv2.COLOR_RGB2GRAY) for frame in footage.frames]
        black, white = np.percentile(np.stack(luma), (1, 99))
        levels = np.clip((np.arange(256) - black) / max(white - black, 1) * 255, 0, 255).astype(np.uint8)
        stretch = each_picture(lambda pixels: np.asarray(cv2.LUT(pixels, levels), dtype=np.uint8))
        return stretch(footage, rng)

    return change


def saturation(factor: float) -> Change:
    """Colours this many times as far from grey of the same luma."""

    def change(pixels_HW3: PixelArray) -> PixelArray:
        grey_HW1 = cv2.cvtColor(pixels_HW3, cv2.COLOR_RGB2GRAY)[..., None].astype(np.float32)
        return np.clip(grey_HW1 + factor * (pixels_HW3 - grey_HW1), 0, 255).astype(np.uint8)

    return each_picture(change)


def background_greyed() -> Change:
    """Everything outside the hull of the face's landmarks; a frame without a face stays as it is."""

    def change(footage: Footage, _: np.random.Generator) -> Footage:
        pictures = [
            frame.pixels_HW3 if points is None else _greyed(frame.pixels_HW3, points)
            for frame, points in zip(footage.frames, footage.landmarks, strict=True)
        ]
        return with_pixels(footage, pictures)

    return change


def dropped(share: float) -> Change:
    """This share of the frames lost at random, never the first."""

    def change(footage: Footage, rng: np.random.Generator) -> Footage:
        count = len(footage.frames)
        lost = set(rng.choice(np.arange(1, count), size=round(share * (count - 1)), replace=False).tolist())
        return footage.kept([position for position in range(count) if position not in lost])

    return change


def frame_rate(fps: float) -> Change:
    """The frames nearest to an even rate, as long as the footage lasts."""

    def change(footage: Footage, _: np.random.Generator) -> Footage:
        times_T = np.array([frame.time for frame in footage.frames])
        ticks = np.arange(times_T[0], times_T[-1] + 0.5 / footage.fps, 1 / fps)
        nearest = np.abs(times_T[None] - ticks[:, None]).argmin(axis=1)
        return footage.kept([int(position) for position in np.unique(nearest)])

    return change


def in_turn(*changes: Change) -> Change:
    def change(footage: Footage, rng: np.random.Generator) -> Footage:
        for each in changes:
            footage = each(footage, rng)
        return footage

    return change


def unchanged(footage: Footage, _: np.random.Generator) -> Footage:
    return footage


def _greyed(pixels_HW3: PixelArray, landmarks_L3: FloatArray) -> PixelArray:
    face_HW = inside_hull(landmarks_L3[:NUM_MESH_LANDMARKS, :2], pixels_HW3.shape)
    return np.where(face_HW[..., None], pixels_HW3, np.uint8(_GREY))


def _through_h264(pictures: Sequence[PixelArray], crf: int, fps: int) -> list[PixelArray]:
    height, width = pictures[0].shape[:2]
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=fps, options={"crf": str(crf), "preset": "veryfast"})
        stream.width, stream.height = width - width % 2, height - height % 2
        stream.pix_fmt = "yuv420p"
        for pixels_HW3 in pictures:
            even = np.ascontiguousarray(pixels_HW3[: stream.height, : stream.width])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(even, format="rgb24")))
        container.mux(stream.encode())
    file.seek(0)
    with av.open(file, "r", format="mp4") as container:
        decoded = [picture.to_ndarray(format="rgb24") for picture in container.decode(video=0)]
    edge = ((0, height % 2), (0, width % 2), (0, 0))
    return [np.pad(pixels_HW3, edge, mode="edge") for pixels_HW3 in decoded]
