"""The load generator, a process of its own: python -m tests.bench.load URL FILM STREAMS SECONDS.

Each stream sends real JPEGs at 30 a second while it has credit. Prints JSON: what became of the streams.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

from service.client import AsyncLivenessClient, CameraFrame, ClientError, StreamRefused
from tests.bench.film import FPS, SIZE, jpegs

_APART = 1 / 7  # seconds: people do not come at the same moment


async def camera(film: Path, seconds: float, *, phase: int) -> AsyncIterator[CameraFrame]:
    pictures, started = jpegs(film), time.monotonic()
    for i in range(round(seconds * FPS)):
        await asyncio.sleep(max(0.0, started + i / FPS - time.monotonic()))
        yield CameraFrame(pictures[(i + phase) % len(pictures)], i / FPS)


async def one(url: str, film: Path, number: int, seconds: float) -> Counter[str]:
    await asyncio.sleep(number * _APART)
    try:
        async with AsyncLivenessClient(url) as client:
            frames = camera(film, seconds, phase=17 * number)
            outcome = await client.stream(frames, size=SIZE, fps=FPS)
    except StreamRefused as error:
        return Counter({f"refused: {error.code} {error.close}": 1})
    except ClientError as error:
        return Counter({f"lost: {error}": 1})
    assert outcome.verdict is not None
    frames_said = outcome.verdict.document["frames"]
    return Counter(
        answered=1,
        late=frames_said["late"],
        left_out=round(seconds * FPS) - frames_said["received"],
        windows=len(outcome.verdict.windows),
    )


async def main(url: str, film: Path, streams: int, seconds: float) -> None:
    jpegs(film)
    told = await asyncio.gather(*(one(url, film, number, seconds) for number in range(streams)))
    total: Counter[str] = Counter()
    for each in told:
        total.update(each)
    sys.stdout.write(json.dumps(total))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
