"""What is known of a picture before it is decoded, and its pixels."""

from collections.abc import Sequence
from contextlib import suppress

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.clip import PixelArray
from service.stream.codec import Codec
from service.stream.pictures import PictureError, decode, picture_size
from tests.service import videos

BASELINE: Sequence[int] = (cv2.IMWRITE_JPEG_QUALITY, 92)
PROGRESSIVE: Sequence[int] = (*BASELINE, cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
LOSSLESS: Sequence[int] = (cv2.IMWRITE_WEBP_QUALITY, 101)
LOSSY: Sequence[int] = (cv2.IMWRITE_WEBP_QUALITY, 80)


def encoded(pixels: PixelArray, kind: str, options: Sequence[int] = ()) -> memoryview:
    return memoryview(cv2.imencode(kind, pixels[..., ::-1], options)[1].tobytes())


@given(st.integers(32, 300), st.integers(32, 300), st.sampled_from([BASELINE, LOSSY, LOSSLESS]))
def test_the_size_is_read_from_the_header(width: int, height: int, options: Sequence[int]) -> None:
    kind, codec = (".jpg", Codec.JPEG) if options is BASELINE else (".webp", Codec.WEBP)
    picture = encoded(np.full((height, width, 3), 90, np.uint8), kind, options)
    assert picture_size(picture, codec) == (width, height)


@given(st.binary(max_size=200), st.sampled_from(Codec), st.booleans())
def test_any_bytes_have_a_size_or_a_fault(data: bytes, codec: Codec, begins_well: bool) -> None:
    begin = (b"\xff\xd8" if codec is Codec.JPEG else b"RIFF\0\0\0\0WEBP") if begins_well else b""
    with suppress(PictureError):
        assert min(picture_size(memoryview(begin + data), codec)) >= 32


def test_a_progressive_jpeg_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(PictureError, match="baseline"):
        picture_size(encoded(videos.face(), ".jpg", PROGRESSIVE), Codec.JPEG)


def test_a_jpeg_of_many_scans_is_refused_before_it_is_decoded() -> None:
    data = bytes(encoded(videos.face(), ".jpg", BASELINE))
    scan = data[data.index(b"\xff\xda") :]
    with pytest.raises(PictureError, match="scans"):
        picture_size(memoryview(data[:-2] + 40 * scan), Codec.JPEG)


@pytest.mark.parametrize("marker", [0x00, 0x01, 0xD4, 0xD8, 0xDC, 0xF0], ids=hex)
def test_a_picture_that_hides_behind_a_marker_decoders_skip_is_refused(marker: int) -> None:
    """libjpeg looks for the next marker byte by byte, and would decode the large picture."""
    large, small = (
        bytes(encoded(np.zeros((side, side, 3), np.uint8), ".jpg", BASELINE))[2:] for side in (4000, 64)
    )
    length = (len(large) + 2).to_bytes(2, "big") if len(large) < 65_000 else b"\xff\xfe"
    with pytest.raises(PictureError, match="no camera writes"):
        picture_size(memoryview(b"\xff\xd8\xff" + bytes([marker]) + length + large + small), Codec.JPEG)


def test_a_segment_without_a_length_is_refused() -> None:
    with pytest.raises(PictureError, match="without a length"):
        picture_size(memoryview(b"\xff\xd8\xff\xe0\x00\x01" + bytes(20)), Codec.JPEG)


def test_a_speck_holds_no_face() -> None:
    with pytest.raises(PictureError, match="too small"):
        picture_size(encoded(np.zeros((8, 64, 3), np.uint8), ".jpg"), Codec.JPEG)


def test_an_animation_is_refused() -> None:
    animated = b"RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x3f\0\0\x3f\0\0" + bytes(8)
    with pytest.raises(PictureError, match="animation"):
        picture_size(memoryview(animated), Codec.WEBP)


def test_a_lossless_picture_comes_back_as_it_was() -> None:
    picture = encoded(videos.face(), ".webp", LOSSLESS)
    np.testing.assert_array_equal(decode(picture, Codec.WEBP, size=(320, 240)), videos.face())


@pytest.mark.parametrize(("size", "kept"), [((1280, 720), (360, 640)), ((1080, 1920), (640, 360))])
def test_a_large_picture_is_decoded_at_640_px_as_a_clips_would_be(
    size: tuple[int, int], kept: tuple[int, int]
) -> None:
    large = videos.face(height=300, size=size)
    picture = encoded(large, ".jpg", BASELINE)
    pixels = decode(picture, Codec.JPEG, size=size)
    whole = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR_RGB)
    expected = cv2.resize(whole, kept[::-1], interpolation=cv2.INTER_AREA)
    assert pixels.shape == (*kept, 3)
    assert np.abs(pixels.astype(int) - expected).mean() < 1


def test_a_picture_that_ends_early_is_a_fault() -> None:
    cut = encoded(videos.face(), ".jpg", BASELINE)[:1500]
    with pytest.raises(PictureError, match="decoded"):
        decode(cut, Codec.JPEG, size=(320, 240))
