"""Clips and sessions, good, bad and abandoned, while decoding processes are killed: what is left behind."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

import httpx
import numpy as np

from service.client import AsyncLivenessClient, CameraFrame, ClientError
from tests.service import videos
from tests.service.corpus import corpus
from tests.service.stream.talking import person
from tests.soak.record import Rows
from tests.soak.running import Running, running

_CLIPS, _SESSIONS = 2, 2  # at a time
_FRAMES, _FPS, _SIZE = 75, 25, (320, 240)
_ABANDONED = 0.2  # of the sessions
_RESUME_SECONDS = 2
_OVER = {"SUCCEEDED", "FAILED", "EXPIRED"}
_SETTINGS = {
    "SESSIONS__PER_KEY": 100_000, "SESSIONS__RESULT_SECONDS": 86_400, "SESSIONS__GRACE_SECONDS": 5,
    "STREAMS__RESUME_SECONDS": _RESUME_SECONDS,
}  # fmt: skip


@dataclass(slots=True)
class Seen:
    told: dict[str, str] = field(default_factory=dict)  # outcome by session, as its client heard it
    made: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    killed: int = 0
    memory: list[tuple[float, float, float]] = field(default_factory=list)  # seconds, service, decoders


async def run(seconds: float) -> tuple[Rows, bool]:
    random.seed(7)
    good, hostile, pictures = videos.person(40), [each.data for each in corpus()], person(_FRAMES)
    async with running(**_SETTINGS) as service:
        seen, end = Seen(), time.monotonic() + seconds
        loads = [*(clips(service, seen, end, good, hostile) for _ in range(_CLIPS))]
        loads += [*(sessions(service, seen, end, pictures) for _ in range(_SESSIONS))]
        await asyncio.gather(*loads, kills(service, seen, end), measured(service, seen, end))
        await asyncio.sleep(_RESUME_SECONDS + 1)
        lost, stuck, states = await looked_after(service, seen)
        return report(seen, states, lost, stuck, await service.metrics())


async def clips(service: Running, seen: Seen, end: float, good: bytes, hostile: list[bytes]) -> None:
    """Three good ones for each hostile one."""
    async with httpx.AsyncClient(base_url=service.url, timeout=120) as client:
        while time.monotonic() < end:
            bad = random.random() < 0.25
            clip = random.choice(hostile) if bad else good
            answer = await client.post("/v1/liveness", files={"clip": clip})
            seen.answers[f"{'hostile' if bad else 'good'} clip: {answer.status_code}"] += 1
            if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                await asyncio.sleep(1)


async def sessions(service: Running, seen: Seen, end: float, pictures: list[bytes]) -> None:
    async with (
        httpx.AsyncClient(base_url=service.url, timeout=120) as backend,
        AsyncLivenessClient(service.url) as client,
    ):
        while time.monotonic() < end:
            made = (await backend.post("/v1/sessions")).json()
            seen.made.append(made["session_id"])
            path, token = f"/v1/sessions/{made['session_id']}/stream", made["client_token"]
            stream = client.stream(camera(pictures), size=_SIZE, fps=_FPS, path=path, token=token)
            leaves = 0.3 + 2 * random.random() if random.random() < _ABANDONED else 120
            try:
                outcome = await asyncio.wait_for(stream, leaves)
                seen.told[made["session_id"]] = outcome.result
                seen.answers[f"stream: {outcome.result}"] += 1
            except TimeoutError:
                seen.answers["stream: abandoned"] += 1
            except ClientError as error:
                seen.answers[f"stream: {type(error).__name__} {getattr(error, 'code', '')}".strip()] += 1
                await asyncio.sleep(1)


async def camera(pictures: list[bytes]) -> AsyncIterator[CameraFrame]:
    started = time.monotonic()
    for i, picture in enumerate(pictures):
        await asyncio.sleep(max(0.0, started + i / _FPS - time.monotonic()))
        yield CameraFrame(picture, i / _FPS)


async def kills(service: Running, seen: Seen, end: float) -> None:
    while time.monotonic() < end:
        await asyncio.sleep(random.uniform(1, 6))
        if decoders := service.decoders():
            with suppress(ProcessLookupError):
                os.kill(random.choice(decoders), signal.SIGKILL)
                seen.killed += 1


async def measured(service: Running, seen: Seen, end: float) -> None:
    started = time.monotonic()
    while time.monotonic() < end:
        seen.memory.append((time.monotonic() - started, *service.memory_mb()))
        await asyncio.sleep(2)


async def looked_after(service: Running, seen: Seen) -> tuple[int, int, Counter[str]]:
    """Results that their clients heard and nobody can read, sessions without an end, and all ends."""
    lost = 0
    states: Counter[str] = Counter()
    async with httpx.AsyncClient(base_url=service.url, timeout=120) as backend:
        for session in seen.made:
            view = (await backend.get(f"/v1/sessions/{session}")).json()
            states[view.get("status", "gone")] += 1
            told = seen.told.get(session)
            lost += told is not None and (view.get("outcome") != told or "verdict" not in view)
    return lost, sum(count for state, count in states.items() if state not in _OVER), states


def report(
    seen: Seen, states: Counter[str], lost: int, stuck: int, metrics: dict[str, float]
) -> tuple[Rows, bool]:
    times, service_mb, decoders_mb = np.array(seen.memory[len(seen.memory) // 4 :]).T
    slope = float(np.polyfit(times, service_mb, 1)[0]) * 3600 if len(times) > 2 else float("nan")
    unexpected = [each for each in seen.answers if each.endswith(" 500")]
    left = metrics["liveness_sessions_active"] + metrics["liveness_pending_requests"]
    rows = [
        ("minutes", f"{seen.memory[-1][0] / 60:.1f}"),
        *((name, str(count)) for name, count in sorted(seen.answers.items())),
        ("decoding processes killed", str(seen.killed)),
        ("sessions by end", ", ".join(f"{state} {count}" for state, count in sorted(states.items()))),
        ("results lost", str(lost + int(metrics["liveness_results_lost_total"]))),
        ("sessions stuck", str(stuck)),
        ("streams and clips left at the end", f"{left:g}"),
        ("resident MB of the service, from the first quarter on: first, last, most",
         f"{service_mb[0]:.0f}, {service_mb[-1]:.0f}, {service_mb.max():.0f}"),
        ("its slope, MB an hour", f"{slope:+.1f}"),
        ("resident MB of the decoders: first, last, most",
         f"{decoders_mb[0]:.0f}, {decoders_mb[-1]:.0f}, {decoders_mb.max():.0f}"),
    ]  # fmt: skip
    return rows, not (lost or stuck or left or unexpected or metrics["liveness_results_lost_total"])
