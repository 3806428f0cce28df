"""A clip of three seconds, alone."""

from collections import Counter
from collections.abc import Iterator
from statistics import median
from typing import Any

import httpx

from service.bench.served import Served
from tests.bench.film import FPS, pictures
from tests.bench.options import Options
from tests.bench.served import served
from tests.bench.tables import Table
from tests.service.videos import encode

_SECONDS = 3
_ROUNDS = 11
_PATIENT = {"DEADLINE_SECONDS": "120", "DECODE_SECONDS": "60"}  # also where others use the machine


def run(options: Options) -> Iterator[Table]:
    film = pictures(options.film)
    clip = encode((film[i % len(film)] for i in range(_SECONDS * FPS)), fps=FPS)
    options.say(f"a clip of {_SECONDS} s, {len(clip) // 1000} kB")
    with served(**_PATIENT) as service:
        answers = [_asked(service, clip) for _ in range(options.rounds(_ROUNDS) + 1)]
    timings = [each["timings_ms"] for each in answers[1:]]
    said = Counter(f"{each['decision']}, {each['frames']['sampled']} frames seen" for each in answers)
    row = (*(median(each[stage] for each in timings) for stage in timings[0]), said.most_common(1)[0][0])
    yield Table(
        "ms of a 3-second clip of 640 x 480, medians, nothing else in work", (*timings[0], "said"), [row]
    )


def _asked(service: Served, clip: bytes) -> dict[str, Any]:
    """Raises httpx.HTTPStatusError where there is no verdict."""
    answer = httpx.post(f"{service.url}/v1/liveness", files={"clip": clip}, timeout=120).raise_for_status()
    verdict: dict[str, Any] = answer.json()
    return verdict
