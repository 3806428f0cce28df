"""Injection signals: what loops, lies or comes twice is hinted at; a plain capture is not."""

import asyncio
import struct

import numpy as np

from model.card import SamplingRule
from model.clip import Clip
from model.video import VideoLimits, read_clip
from service.signals import looped_share, signals_of
from tests.service import videos
from tests.service.serving import called_directly, fresh


def read(data: bytes) -> Clip:
    return read_clip(data, rule=SamplingRule(), limits=VideoLimits())


def drifting(count: int) -> list[videos.Picture]:
    """A face that moves across the picture and never comes back."""
    places = np.linspace(0.3, 0.7, count)
    return [videos.face(at=(float(x), 0.4 + 0.2 * float(x) ** 2)) for x in places]


def test_a_capture_that_never_repeats_has_no_loop() -> None:
    assert looped_share(read(videos.encode(drifting(60))).frames) == 0


def test_a_passage_that_is_played_again_and_again_is_a_loop() -> None:
    again = looped_share(read(videos.encode(drifting(30) * 3)).frames)
    assert again is not None
    assert again > 0.5


def test_a_picture_that_stands_still_is_frozen_and_no_loop() -> None:
    assert looped_share(read(videos.frozen()).frames) == 0


def test_too_few_frames_say_nothing_of_loops() -> None:
    assert looped_share(read(videos.person(8)).frames) is None


def test_a_film_as_its_container_says_agrees_in_everything() -> None:
    signals = signals_of(read(videos.person()))
    assert signals.size_as_declared is True
    assert signals.duration_as_declared is True
    assert signals.rate_as_declared is True
    assert signals.timing_jitter is not None
    assert signals.timing_jitter < 0.01


def test_a_container_that_lies_about_its_duration_is_noticed() -> None:
    data = videos.encode(videos.wobbling(videos.face(), 40), codec="libvpx", kind="webm")
    at = data.find(b"\x44\x89\x88") + 3  # Matroska's Duration, in milliseconds
    lying = data[:at] + struct.pack(">d", 9000) + data[at + 8 :]
    assert signals_of(read(lying)).duration_as_declared is False


def test_the_same_bytes_are_known_again_and_the_verdict_stays_the_same() -> None:
    async def use() -> None:
        async with called_directly(fresh()) as client:
            first, again = [
                (await client.post("/v1/liveness", content=videos.person(12))).json() for _ in range(2)
            ]
            assert first["signals"]["seen_before"] is False
            assert again["signals"]["seen_before"] is True
            assert (again["decision"], again["windows"]) == (first["decision"], first["windows"])

    asyncio.run(use())
