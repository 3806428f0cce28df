"""(f) What one open stream holds."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

from service.bench.served import resident_mb
from service.observe import Metrics
from service.runtime import open_runtime
from service.stream.evidence import Evidence
from tests.bench.options import Options
from tests.bench.stages import judged, settings
from tests.bench.tables import Table

STREAMS = 12
FRAMES = 8  # sampled: the window is full


def run(options: Options) -> Iterator[Table]:
    options.say(f"{STREAMS} streams, {FRAMES} sampled frames each")
    yield asyncio.run(_measure(options.film))


async def _measure(film: Path) -> Table:
    async with open_runtime(settings(), Metrics()) as runtime:
        await judged(runtime.streams, FRAMES, film)
        before = resident_mb(os.getpid())
        held: list[Evidence] = [await judged(runtime.streams, FRAMES, film) for _ in range(STREAMS)]
        full = (resident_mb(os.getpid()) - before) / STREAMS
        track = held[0].track
        assert track is not None
        pixels = sum(frame.pixels_HW3.nbytes for frame in track.frames) / 2**20
        arrays = (*track.features, *track.coarse_depths, *track.pairs)
        network = sum(array.nbytes for array in arrays) / 2**20
    rows = [("resident, measured", full), ("of it frames", pixels), ("of it features and depths", network)]
    return Table(f"MB per open stream, `compact`, 640 x 480, {STREAMS} open", ("", "MB"), rows)
