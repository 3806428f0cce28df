"""The load generator, a process of its own: python -m tests.bench.load URL STREAMS SECONDS.

Each stream sends real JPEGs at 30 a second while it has credit. Prints JSON: what became of the streams.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator

from service.client import AsyncLivenessClient, CameraFrame, ClientError, Event, Guidance, StreamRefused
from tests.bench.faces import FPS, SIZE, jpegs


async def camera(seconds: float, *, phase: int) -> AsyncIterator[CameraFrame]:
    pictures, started = jpegs(), time.monotonic()
    for i in range(round(seconds * FPS)):
        await asyncio.sleep(max(0.0, started + i / FPS - time.monotonic()))
        yield CameraFrame(pictures[(i + phase) % len(pictures)], i / FPS)


async def one(url: str, number: int, seconds: float) -> Counter[str]:
    told: Counter[str] = Counter()

    def listen(event: Event) -> None:
        if isinstance(event, Guidance) and event.code:
            told[f"guidance {event.code}"] += 1

    await asyncio.sleep(number / 7)  # people do not come at the same moment
    try:
        async with AsyncLivenessClient(url) as client:
            frames = camera(seconds, phase=17 * number)
            outcome = await client.stream(frames, size=SIZE, fps=FPS, listen=listen)
    except StreamRefused as error:
        return told + Counter({f"refused {error.code} {error.close}": 1})
    except ClientError as error:
        return told + Counter({f"lost: {error}": 1})
    assert outcome.verdict is not None
    frames_said = outcome.verdict.document["frames"]
    told["answered"] += 1
    told["received"] += frames_said["received"]
    told["late"] += frames_said["late"]
    told["windows"] += len(outcome.verdict.windows)
    return told


async def main(url: str, streams: int, seconds: float) -> None:
    jpegs()
    told = await asyncio.gather(*(one(url, number, seconds) for number in range(streams)))
    sys.stdout.write(json.dumps(sum(told, Counter())))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
