"""A binary message of the stream: 16 bytes of header, big-endian, then the picture."""

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

VERSION: Final = 1
_HEADER: Final = struct.Struct(">BBHIQ")  # version, codec, flags, sequence, capture time in microseconds
HEADER_BYTES: Final = _HEADER.size


class Codec(IntEnum):
    JPEG = 1
    WEBP = 2


class HeaderError(ValueError):
    """The first bytes are not the header of a frame; the message says in what."""


@dataclass(frozen=True, slots=True)
class StreamFrame:
    """One picture as it was sent."""

    codec: Codec
    sequence: int
    captured: int  # microseconds of the client's clock
    picture: memoryview


def unpack(data: bytes) -> StreamFrame:
    """Raises HeaderError."""
    if len(data) <= HEADER_BYTES:
        raise HeaderError(f"a frame has {HEADER_BYTES} bytes of header and a picture, not {len(data)} bytes")
    version, codec, flags, sequence, captured = _HEADER.unpack_from(data)
    if version != VERSION:
        raise HeaderError(f"the header's version is {version}, not {VERSION}")
    if codec not in set(Codec):
        raise HeaderError(f"the codec is {codec}; 1 is JPEG, 2 is WebP")
    if flags:
        raise HeaderError(f"the flags are {flags}, there are none yet: send 0")
    return StreamFrame(Codec(codec), sequence, captured, memoryview(data)[HEADER_BYTES:])


def pack(picture: bytes, *, codec: Codec, sequence: int, captured: int) -> bytes:
    """The inverse of `unpack`."""
    return _HEADER.pack(VERSION, codec, 0, sequence, captured) + picture
