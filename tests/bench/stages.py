"""(b) A sampled frame stage by stage, alone and in order, and (g) how often the square moves."""

import asyncio
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from service.observe import Metrics
from service.runtime import open_runtime
from service.settings import Settings
from service.stream.codec import Codec
from service.stream.evidence import Evidence
from service.stream.hub import StreamHub
from service.stream.limits import StreamLimits
from service.stream.state import Picture
from service.timeline import Stage
from tests.bench.film import FPS, SIZE, jpegs
from tests.bench.options import Options
from tests.bench.tables import Table
from tests.bench.weights import graphs_of

SAMPLED = 90
_INTERVAL = 3
_WARM_UP = 10


def settings() -> Settings:
    """One thread of each kind; nothing is late, however slow the machine."""
    return Settings(
        weights=graphs_of("compact"),
        face_workers=1,
        engine_workers=1,
        decode_workers=1,
        streams=StreamLimits(late_seconds=600, max_lag_seconds=600),
    )


async def judged(hub: StreamHub, count: int, film: Path) -> Evidence:
    """So many sampled frames of one stream, one after the other."""
    evidence, pictures = Evidence(), jpegs(film)
    for i in range(count):
        index = _INTERVAL * i
        data = memoryview(pictures[index % len(pictures)])
        picture = Picture(data, Codec.JPEG, SIZE, index / FPS, index, time.monotonic())
        evidence, _ = await hub.judge.judge(picture, evidence, trace=False, ends=False)
    return evidence


def run(options: Options) -> Iterator[Table]:
    evidence, wall, cpu = asyncio.run(_measure(options))
    yield _stages(evidence, wall, cpu, _frames(options))
    yield _moves(evidence)


async def _measure(options: Options) -> tuple[Evidence, float, float]:
    async with open_runtime(settings(), Metrics()) as runtime:
        await judged(runtime.streams, _WARM_UP, options.film)
        options.say(f"{_frames(options)} sampled frames of one stream")
        wall, cpu = time.perf_counter(), time.process_time()
        evidence = await judged(runtime.streams, _frames(options), options.film)
        return evidence, time.perf_counter() - wall, time.process_time() - cpu


def _frames(options: Options) -> int:
    return 10 if options.quick else SAMPLED


def _stages(evidence: Evidence, wall: float, cpu: float, frames: int) -> Table:
    per_second = FPS / _INTERVAL
    frame_ms = {stage: 1000 * spent / frames for stage, spent in evidence.stage_seconds.items()}
    rows: list[tuple[object, ...]] = [
        (stage, frame_ms[stage], frame_ms[stage] / 1000 * per_second) for stage in Stage if stage in frame_ms
    ]
    network = sum(frame_ms[stage] for stage in (Stage.ENCODE, Stage.PAIR, Stage.WINDOW))
    rows.append(("encode + pair + window", network, network / 1000 * per_second))
    rows.append(("all, wall clock", 1000 * wall / frames, wall / frames * per_second))
    rows.append(("all, CPU time", 1000 * cpu / frames, cpu / frames * per_second))
    head = ("stage", "ms a sampled frame", "core-seconds a session-second")
    return Table(
        "One stream alone, `compact`, 640 x 480, one thread a stage, moves of the square included", head, rows
    )


def _moves(evidence: Evidence) -> Table:
    windows = [seen.window for seen in evidence.observations if seen.window]
    moves = sum(a.square != b.square for a, b in pairwise(windows))
    rows = [(len(evidence.observations), len(windows), moves, moves / max(1, len(windows)))]
    return Table("The square", ("sampled frames", "windows", "moves", "moves a window"), rows)
