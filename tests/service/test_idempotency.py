"""POST /v1/liveness with an Idempotency-Key: one verdict, however often it is asked for."""

import asyncio

import httpx

from tests.service import videos
from tests.service.serving import called_directly, fresh

ONCE = {"Idempotency-Key": "one"}


def test_the_same_key_and_clip_give_the_same_verdict_without_judging_again() -> None:
    async def use() -> None:
        async with called_directly(fresh()) as client:

            async def post(clip: bytes, **parameters: bool) -> httpx.Response:
                return await client.post("/v1/liveness", content=clip, headers=ONCE, params=parameters)

            first, again = await post(videos.person(8)), await post(videos.person(8))
            assert (first.status_code, again.status_code) == (200, 200)
            assert again.json() == first.json()
            assert "idempotency-replayed" not in first.headers
            assert again.headers["idempotency-replayed"] == "true"
            assert 'decision="undecided"} 1.0' in (await client.get("/metrics")).text
            other = await post(videos.grey())
            assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")
            maps = await post(videos.person(8), depth_maps=True)
            assert (maps.status_code, maps.json()["code"]) == (400, "bad_request")

    asyncio.run(use())


def test_a_second_request_while_the_first_is_in_work_is_told_to_wait() -> None:
    async def use() -> None:
        async with called_directly(fresh()) as client:
            both = await asyncio.gather(
                *(client.post("/v1/liveness", content=videos.person(), headers=ONCE) for _ in range(2))
            )
            first, second = sorted(both, key=lambda answer: answer.status_code)
            assert first.status_code == 200
            assert (second.status_code, second.json()["code"]) == (409, "idempotency_in_progress")
            assert second.headers["retry-after"] == "1"

    asyncio.run(use())


def test_a_request_that_failed_may_be_sent_again_with_its_key() -> None:
    async def use() -> None:
        async with called_directly(fresh()) as client:
            broken = await client.post("/v1/liveness", content=b"no film", headers=ONCE)
            assert broken.status_code == 415
            good = await client.post("/v1/liveness", content=videos.person(8), headers=ONCE)
            assert good.status_code == 200

    asyncio.run(use())
