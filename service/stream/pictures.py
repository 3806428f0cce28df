"""JPEG and WebP: what their headers say, before anything is decoded, and then their pixels.

H, W frame height and width in px.
"""

from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np

from model.clip import PixelArray
from model.video import LONG_SIDE
from service.stream.codec import Codec

_SMALLEST: Final = 32  # px a side
_MAX_SCANS: Final = 4  # of a sequential JPEG: one a component; each more costs a pass over the picture
_SEQUENTIAL: Final = (0xC0, 0xC1)  # baseline, extended sequential
_OTHER_FRAMES: Final = frozenset(range(0xC2, 0xD0)) - {0xC4, 0xC8, 0xCC}  # progressive, lossless, arithmetic
_START_OF_SCAN: Final = 0xDA
# What a header may hold besides: Huffman and quantisation tables, the restart interval, applications' data, a
# comment. At anything else decoders look for the next marker byte by byte, where we would skip a length: they
# could be shown another picture than the one whose size was checked.
_TABLES: Final = frozenset({0xC4, 0xDB, 0xDD, *range(0xE0, 0xF0), 0xFE})
_ANIMATED: Final = 0x02


class PictureError(ValueError):
    """Not a picture that is decoded; the message says why."""


def picture_size(data: memoryview, codec: Codec) -> tuple[int, int]:
    """Width and height by the header. Raises PictureError."""
    width, height = (_jpeg_size if codec is Codec.JPEG else _webp_size)(bytes(data))
    if min(width, height) < _SMALLEST:
        raise PictureError(f"a picture of {width} x {height} is too small to hold a face")
    return width, height


def decode(data: memoryview, codec: Codec, *, size: tuple[int, int]) -> PixelArray:
    """RGB with its longer side at `LONG_SIDE` or below; JPEG's own scaling does most of it for nothing.

    `size` is what `picture_size` gave. Raises PictureError.
    """
    flags = cv2.IMREAD_COLOR_RGB
    if codec is Codec.JPEG:
        flags = _SCALED[_halvings(max(size))]
    try:
        pixels_HW3 = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error as error:
        raise PictureError("the picture cannot be decoded") from error
    if pixels_HW3 is None:
        raise PictureError("the picture cannot be decoded")
    height, width = pixels_HW3.shape[:2]
    scale = LONG_SIDE / max(height, width)
    if scale < 1:
        smaller = (round(width * scale), round(height * scale))
        pixels_HW3 = cv2.resize(pixels_HW3, smaller, interpolation=cv2.INTER_AREA)
    return np.asarray(pixels_HW3, dtype=np.uint8)


# Their "grey" is only the bit for the scale; colour comes with the other flag.
_SCALED: Final = (
    cv2.IMREAD_COLOR_RGB,
    cv2.IMREAD_REDUCED_GRAYSCALE_2 | cv2.IMREAD_COLOR_RGB,
    cv2.IMREAD_REDUCED_GRAYSCALE_4 | cv2.IMREAD_COLOR_RGB,
    cv2.IMREAD_REDUCED_GRAYSCALE_8 | cv2.IMREAD_COLOR_RGB,
)


def _halvings(long_side: int) -> int:
    """How often a picture can be halved and still be `LONG_SIDE` long."""
    return min((long_side // LONG_SIDE).bit_length() - 1, len(_SCALED) - 1) if long_side >= LONG_SIDE else 0


def _jpeg_size(data: bytes) -> tuple[int, int]:
    if data[:2] != b"\xff\xd8":
        raise PictureError("the picture is not a JPEG")
    size = None
    for marker, position in _segments(data):
        if marker == _START_OF_SCAN:
            return _single_pass(data, position, size)
        if marker in _SEQUENTIAL:
            size = _frame_header(data, position + 4)
        else:
            _check_table(marker)
    raise PictureError("the JPEG ends before its picture begins")


def _segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Each marker of the header, and where it is."""
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        if data[position + 1] == 0xFF:  # padding
            position += 1
            continue
        yield data[position + 1], position
        position += 2 + _length(data, position + 2)


def _check_table(marker: int) -> None:
    if marker in _OTHER_FRAMES:
        raise PictureError("send a baseline JPEG: a progressive one costs a pass for each of its scans")
    if marker not in _TABLES:
        raise PictureError("the JPEG's header holds what no camera writes")


def _length(data: bytes, position: int) -> int:
    """Of a segment, which counts its own two bytes."""
    length = int.from_bytes(data[position : position + 2], "big")
    if length < 2:
        raise PictureError("the JPEG's header holds a segment without a length")
    return length


def _frame_header(data: bytes, position: int) -> tuple[int, int]:
    bits, *dimensions = data[position : position + 6]
    if len(dimensions) < 5 or bits != 8 or dimensions[4] not in (1, 3):
        raise PictureError("send a JPEG of 8 bits, in colour or grey")
    height, width = (int.from_bytes(dimensions[i : i + 2], "big") for i in (0, 2))
    return width, height


def _single_pass(data: bytes, scan: int, size: tuple[int, int] | None) -> tuple[int, int]:
    """Within a scan 0xFF is never followed by a marker's byte, so that scans can be counted."""
    if size is None:
        raise PictureError("the JPEG has no frame header before its picture")
    if data.count(bytes((0xFF, _START_OF_SCAN)), scan) > _MAX_SCANS:
        raise PictureError("the JPEG has too many scans")
    return size


def _webp_size(data: bytes) -> tuple[int, int]:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise PictureError("the picture is not a WebP")
    position = 12
    while position + 18 <= len(data):
        name, body = data[position : position + 4], data[position + 8 : position + 18]
        if name == b"VP8X" and body[0] & _ANIMATED:
            raise PictureError("send a still WebP, not an animation")
        if name == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
            return _14_bits(body[6:8]), _14_bits(body[8:10])
        if name == b"VP8L" and body[0] == 0x2F:
            bits = int.from_bytes(body[1:5], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        length = int.from_bytes(data[position + 4 : position + 8], "little")
        position += 8 + length + length % 2
    raise PictureError("the WebP ends before its picture begins")


def _14_bits(data: bytes) -> int:
    return int.from_bytes(data, "little") & 0x3FFF
