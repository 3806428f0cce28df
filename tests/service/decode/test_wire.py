"""Nothing that a decoding process says is believed."""

import json
import mmap
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.clip import Clip, Frame
from model.video import VideoError, VideoFault, VideoLimits
from service.decode.wire import WireError, block_bytes, read_answer, write_clip, write_fault

BLOCK = mmap.mmap(-1, 1 << 20)


def clip(sizes: list[tuple[int, int]]) -> Clip:
    noise = np.random.default_rng(0)
    frames = tuple(
        Frame(noise.integers(0, 256, (h, w, 3)).astype(np.uint8), i / 10, 3 * i)
        for i, (h, w) in enumerate(sizes)
    )
    return Clip(frames, 3 * len(sizes), len(sizes) / 10, "frame_count")


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60)), min_size=1, max_size=8))
def test_a_clip_survives_the_way_through_the_block(sizes: list[tuple[int, int]]) -> None:
    sent = clip(sizes)
    received = read_answer(write_clip(sent, BLOCK), BLOCK)
    assert (received.received, received.duration, received.sampled_by) == (
        sent.received, sent.duration, sent.sampled_by,
    )  # fmt: skip
    for a, b in zip(received.frames, sent.frames, strict=True):
        assert (a.time, a.index) == (b.time, b.index)
        np.testing.assert_array_equal(a.pixels_HW3, b.pixels_HW3)


@given(st.binary(max_size=200))
def test_nonsense_is_no_answer(data: bytes) -> None:
    with pytest.raises(WireError):
        read_answer(data, BLOCK)


@pytest.mark.parametrize(
    "lie",
    [
        {"offset": -1}, {"offset": (1 << 20) - 10}, {"height": 0}, {"width": -5}, {"width": 641},
        {"height": 10**9}, {"offset": "0; import os"},
    ],
    ids=str,
)  # fmt: skip
def test_a_picture_outside_the_block_is_nonsense(lie: dict[str, Any]) -> None:
    answer = json.loads(write_clip(clip([(4, 4)]), BLOCK))
    answer["pictures"][0] |= lie
    with pytest.raises(WireError):
        read_answer(json.dumps(answer).encode(), BLOCK)


def test_a_fault_comes_back_as_it_was_raised() -> None:
    with pytest.raises(VideoError, match="too long") as fault:
        read_answer(write_fault(VideoError(VideoFault.TOO_LONG, "too long")), BLOCK)
    assert fault.value.fault is VideoFault.TOO_LONG


def test_the_block_holds_the_largest_clip_that_the_limits_allow() -> None:
    sampled = 600 // 3
    assert block_bytes(VideoLimits()) >= sampled * 640 * 640 * 3
