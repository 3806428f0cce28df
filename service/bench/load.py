"""So many people in front of so many cameras, for a while."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from service.bench.film import FPS, SIZE, camera, jpegs
from service.client import AsyncLivenessClient, ClientError, StreamRefused, Verdict

_ARRIVALS = 7  # people a second
_PHASE = 17  # pictures between two people's first ones


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of the streams."""

    verdicts: list[Verdict] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)  # by why

    @property
    def late(self) -> int:
        """Sampled frames that the service had no time for."""
        return sum(int(each.document["frames"]["late"]) for each in self.verdicts)

    @property
    def sampled(self) -> int:
        return sum(int(each.document["frames"]["sampled"]) for each in self.verdicts)


async def streamed(url: str, count: int, *, seconds: float) -> Answered:
    jpegs()  # before the clock runs
    answered = Answered()
    await asyncio.gather(*(_one(url, number, seconds, answered) for number in range(count)))
    return answered


async def _one(url: str, number: int, seconds: float, answered: Answered) -> None:
    await asyncio.sleep(number / _ARRIVALS)
    try:
        async with AsyncLivenessClient(url) as client:
            outcome = await client.stream(camera(seconds, phase=_PHASE * number), size=SIZE, fps=FPS)
    except StreamRefused as error:
        answered.lost[error.code] += 1
    except ClientError:
        answered.lost["connection_lost"] += 1
    else:
        if outcome.verdict is not None:
            answered.verdicts.append(outcome.verdict)
