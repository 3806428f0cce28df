"""The 16 bytes before a picture."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.stream.codec import Codec, HeaderError, pack, unpack


@given(st.binary(min_size=1, max_size=40), st.sampled_from(Codec), st.integers(0, 2**32 - 1),
       st.integers(0, 2**64 - 1))  # fmt: skip
def test_what_was_packed_is_unpacked(picture: bytes, codec: Codec, sequence: int, captured: int) -> None:
    frame = unpack(pack(picture, codec=codec, sequence=sequence, captured=captured))
    assert (bytes(frame.picture), frame.codec, frame.sequence, frame.captured) == (
        picture, codec, sequence, captured,
    )  # fmt: skip


def test_the_layout_is_big_endian_and_16_bytes_long() -> None:
    data = pack(b"\xff", codec=Codec.WEBP, sequence=3, captured=1_000_000)
    assert data.hex() == "010200000000000300000000000f4240ff"


@given(st.binary(max_size=64))
def test_any_bytes_are_a_frame_or_a_header_error(data: bytes) -> None:
    with suppress(HeaderError):
        assert len(unpack(data).picture) == len(data) - 16


def test_flags_are_for_the_future() -> None:
    with pytest.raises(HeaderError, match="flags"):
        unpack(bytes.fromhex("0101000100000000000000000000000000"))
