"""A clip of three seconds, alone: judged in full, and to the first decision; the two in turn."""

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
    spent: dict[str, list[dict[str, float]]] = {"in full": [], "to the first decision": []}
    said: dict[str, Counter[str]] = {name: Counter() for name in spent}
    with served(**_PATIENT) as full, served(EARLY_DECISION="true", **_PATIENT) as early:
        for _ in range(options.rounds(_ROUNDS) + 1):
            for name, service in zip(spent, (full, early), strict=True):
                answer = _asked(service, clip)
                spent[name].append(answer["timings_ms"])
                frames = answer["frames"]["sampled"]
                said[name][f"{answer['decision']}, {frames} frames seen"] += 1
    stages = list(spent["in full"][0])
    rows = [
        (
            name,
            *(median(each.get(stage, 0.0) for each in timings[1:]) for stage in stages),
            said[name].most_common(1)[0][0],
        )
        for name, timings in spent.items()
    ]
    yield Table(
        "ms of a 3-second clip of 640 x 480, medians, nothing else in work", ("", *stages, "said"), rows
    )


def _asked(service: Served, clip: bytes) -> dict[str, Any]:
    """Raises httpx.HTTPStatusError where there is no verdict."""
    answer = httpx.post(f"{service.url}/v1/liveness", files={"clip": clip}, timeout=120).raise_for_status()
    verdict: dict[str, Any] = answer.json()
    return verdict
