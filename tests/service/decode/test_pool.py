"""The pool: neighbours do not suffer, and who comes too many is told."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable

import pytest

from model.card import SamplingRule
from service.decode.pool import DecoderPool, open_decoders
from service.decode.process import DecoderKilledError, Kill
from service.errors import Overloaded, UnsupportedMedia
from tests.service import videos
from tests.service.serving import called_directly, fresh, settings


def with_pool(use: Callable[[DecoderPool], Awaitable[None]], **changes: object) -> list[Kill]:
    kills: list[Kill] = []

    async def go() -> None:
        async with open_decoders(settings(**changes), SamplingRule(), observe_kill=kills.append) as pool:
            await use(pool)

    asyncio.run(go())
    return kills


def test_a_hung_clip_is_its_own_misfortune_and_the_next_clips_are_served() -> None:
    async def use(pool: DecoderPool) -> None:
        os.kill(pool.pids[0], signal.SIGSTOP)
        said = await asyncio.gather(
            *(pool.decode(videos.person(8)) for _ in range(2)), return_exceptions=True
        )
        assert sorted(type(each).__name__ for each in said) == ["Clip", "DecoderKilledError"]
        for _ in range(3):
            assert (await pool.decode(videos.person(8))).received == 8

    assert with_pool(use, decode_workers=2, decode_seconds=1.0) == [Kill.WALL_CLOCK]


def test_a_process_is_replaced_after_its_clips() -> None:
    async def use(pool: DecoderPool) -> None:
        (first,) = pool.pids
        for _ in range(3):
            await pool.decode(videos.person(8))
        assert pool.pids != (first,)

    assert with_pool(use, decode_recycle=2) == []


def test_beyond_the_queue_the_next_clip_is_refused_and_those_before_are_served() -> None:
    async def use(pool: DecoderPool) -> None:
        waiting = [asyncio.create_task(pool.decode(videos.person(8))) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Overloaded) as refused:
            await pool.decode(videos.person(8))
        assert refused.value.retry_after
        assert [clip.received for clip in await asyncio.gather(*waiting)] == [8, 8]

    with_pool(use, decode_queue=1)


def test_a_clips_fault_is_the_apis() -> None:
    async def use(pool: DecoderPool) -> None:
        with pytest.raises(UnsupportedMedia, match="MP4"):
            await pool.decode(b"hello")

    with_pool(use)


def test_over_http_a_killed_decoder_is_a_422_that_is_counted() -> None:
    async def use() -> None:
        app = fresh(decode_seconds=0.5)
        async with called_directly(app) as client:
            os.kill(app.state.runtime.assessor.decoders.pids[0], signal.SIGSTOP)
            killed = await client.post("/v1/liveness", files={"clip": videos.person(8)})
            assert (killed.status_code, killed.json()["code"]) == (422, "unreadable_clip")
            assert (await client.post("/v1/liveness", files={"clip": videos.person(8)})).status_code == 200
            counted = (await client.get("/metrics")).text
            assert 'liveness_decoder_kills_total{reason="wall_clock"} 1.0' in counted
            assert 'liveness_rejected_total{reason="unreadable_clip"} 1.0' in counted

    asyncio.run(use())


def test_a_kill_is_an_unreadable_clip() -> None:
    assert DecoderKilledError(Kill.CRASHED).code == "unreadable_clip"
