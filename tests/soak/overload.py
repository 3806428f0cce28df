"""Five times as many clips as the service judges, sessions as it makes: who is refused, what follows."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx
import numpy as np

from tests.service import videos
from tests.soak.record import Rows
from tests.soak.running import Running, running

_TIMES = 5
_CAPACITY_CLIENTS = 4
_PAUSE_SECONDS = 5
_PER_MINUTE = 60  # sessions of a key
_REFUSALS = (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE)


@dataclass(slots=True)
class Answers:
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)  # of those that were served
    without_retry_after: int = 0

    def add(self, answer: httpx.Response, seconds: float) -> None:
        self.statuses[answer.status_code] += 1
        if answer.is_success:
            self.seconds.append(seconds)
        if answer.status_code in _REFUSALS and "retry-after" not in answer.headers:
            self.without_retry_after += 1

    @property
    def p95(self) -> float:
        return float(np.quantile(self.seconds, 0.95)) if self.seconds else float("nan")


async def run(seconds: float) -> tuple[Rows, bool]:
    clip = videos.person(40)
    around = min(20.0, seconds / 2)  # before and after
    async with running(SESSIONS__PER_KEY=_PER_MINUTE) as service:
        await served(service, clip, 5, clients=1)
        before = await served(service, clip, around, clients=1)
        at_capacity = await served(service, clip, around, clients=_CAPACITY_CLIENTS)
        capacity = len(at_capacity.seconds) / around
        clips, sessions, after = await asyncio.gather(
            offered(service, "/v1/liveness", _TIMES * capacity, seconds, files={"clip": clip}),
            offered(service, "/v1/sessions", _TIMES * _PER_MINUTE / 60, seconds),
            afterwards(service, clip, around, seconds + _PAUSE_SECONDS),
        )
    return report(before, after, clips, sessions, capacity, seconds)


async def afterwards(service: Running, clip: bytes, seconds: float, begin: float) -> Answers:
    """Whether or not all that was offered is answered by then."""
    await asyncio.sleep(begin)
    return await served(service, clip, seconds, clients=1)


async def served(service: Running, clip: bytes, seconds: float, *, clients: int) -> Answers:
    """Each client asks again once it was answered."""
    answers, end = Answers(), time.monotonic() + seconds

    async def one() -> None:
        async with httpx.AsyncClient(base_url=service.url, timeout=120) as client:
            while time.monotonic() < end:
                started = time.monotonic()
                answers.add(
                    await client.post("/v1/liveness", files={"clip": clip}), time.monotonic() - started
                )

    await asyncio.gather(*(one() for _ in range(clients)))
    return answers


async def offered(
    service: Running, path: str, rate: float, seconds: float, files: dict[str, bytes] | None = None
) -> Answers:
    """So many a second, whether or not the ones before were answered."""
    answers, asked, started = Answers(), set[asyncio.Task[None]](), time.monotonic()
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=service.url, timeout=120, limits=limits) as client:

        async def one() -> None:
            begun = time.monotonic()
            answers.add(await client.post(path, files=files), time.monotonic() - begun)

        for i in range(round(rate * seconds)):
            await asyncio.sleep(max(0.0, started + i / rate - time.monotonic()))
            asked.add(asyncio.create_task(one()))
        await asyncio.gather(*asked)
    return answers


def report(
    before: Answers, after: Answers, clips: Answers, sessions: Answers, capacity: float, seconds: float
) -> tuple[Rows, bool]:
    served_a_second = clips.statuses[httpx.codes.OK] / seconds
    without = clips.without_retry_after + sessions.without_retry_after
    rows = [
        ("seconds of overload", f"{seconds:g}"),
        ("clips a second at capacity", f"{capacity:.2f}"),
        ("clips a second offered", f"{_TIMES * capacity:.2f}"),
        ("clips a second served meanwhile", f"{served_a_second:.2f} ({served_a_second / capacity:.0%})"),
        ("answers to clips", _shown(clips)),
        ("answers to sessions, five times the rate of their key", _shown(sessions)),
        ("429 and 503 without Retry-After", str(without)),
        ("p95 of one client before, s", f"{before.p95:.3f}"),
        ("p95 of one client from 5 s after on, s", f"{after.p95:.3f} ({after.p95 / before.p95:.2f} times)"),
        ("p95 of those that were served meanwhile, s", f"{clips.p95:.3f}"),
    ]
    known = {httpx.codes.OK, httpx.codes.CREATED, *_REFUSALS, httpx.codes.GATEWAY_TIMEOUT}
    return rows, not without and (clips.statuses | sessions.statuses).keys() <= known


def _shown(answers: Answers) -> str:
    return ", ".join(f"{status}: {count}" for status, count in sorted(answers.statuses.items()))
