"""Small videos for the tests, made from one real photograph (skimage's astronaut, public domain)."""

import io
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cache

import av
import cv2
import numpy as np
import skimage.data
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
SIZE = (320, 240)  # width, height


def encode(
    pictures: Iterable[Picture], *, fps: int = 25, codec: str = "libx264", kind: str = "mp4", gop: int = 12
) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=Fraction(fps))
        stream.pix_fmt = "yuv420p"
        stream.gop_size = gop
        if codec.startswith("libvpx"):
            stream.options = {"deadline": "realtime", "cpu-used": "8"}
        for i, picture in enumerate(pictures):
            if i == 0:
                stream.height, stream.width = picture.shape[:2]
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return file.getvalue()


def face(
    *, height: float = 130, at: tuple[float, float] = (0.5, 0.5), size: tuple[int, int] = SIZE
) -> Picture:
    """The photograph's face, about `height` px from forehead to chin, at a share of a `size` picture."""
    scale = height / 118
    move = np.array([[scale, 0, at[0] * size[0] - 221 * scale], [0, scale, at[1] * size[1] - 122 * scale]])
    photograph = skimage.data.astronaut()
    return np.asarray(cv2.warpAffine(photograph, move, size, borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8)


def wobbling(picture: Picture, count: int, *, restless: bool = False) -> Iterator[Picture]:
    """The picture as a hand that shakes and a sensor that is noisy would give it.

    The shaking comes again after 75 pictures; a `restless` hand never moves in the same way again.
    """
    noise, hand = np.random.default_rng(0), np.random.default_rng(1)
    shaken = np.array([[3 * np.sin(i / 3), 2 * np.cos(i / 4)] for i in range(count)])
    for across, down in np.cumsum(hand.normal(0, 0.8, (count, 2)), axis=0) if restless else shaken:
        shift = np.array([[1, 0, across], [0, 1, down]])
        moved = cv2.warpAffine(picture, shift, picture.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
        yield np.clip(moved + noise.normal(0, 4, moved.shape), 0, 255).astype(np.uint8)


def plain(level: int = 0, *, size: tuple[int, int] = SIZE) -> Picture:
    return np.full((size[1], size[0], 3), level, dtype=np.uint8)


@cache
def person(count: int = 75) -> bytes:
    return encode(wobbling(face(), count))


@cache
def two_people() -> bytes:
    one, other = face(at=(0.27, 0.5), height=100), face(at=(0.73, 0.5), height=100)
    both = one.copy()
    both[:, SIZE[0] // 2 :] = other[:, SIZE[0] // 2 :]
    return encode(wobbling(both, 60))


@cache
def far_away() -> bytes:
    """A face of 30 px."""
    return encode(wobbling(face(height=34, size=(160, 120)), 60))


@cache
def black() -> bytes:
    return encode([plain()] * 60)


@cache
def grey() -> bytes:
    return encode(wobbling(plain(120), 60))


@cache
def frozen() -> bytes:
    return encode([face()] * 60, gop=250)
