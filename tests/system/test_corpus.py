"""The whole hostile corpus against a running service: nothing crashes, hangs, grows, or harms a neighbour."""

import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.service import videos
from tests.service.corpus import Hostile, corpus
from tests.service.processes import children
from tests.service.replica import Replica
from tests.service.serving import TINY

LIMIT_SECONDS = 45.0  # of one answer, on a busy machine; a decoder that hangs takes longer
HANGS_SECONDS = 60
END_SECONDS = 60.0
GROWTH_MB = 80
GOOD_EVERY = 20


@pytest.fixture
def service(tmp_path: Path) -> Iterator[tuple[httpx.Client, Replica]]:
    variables = {
        "LIVENESS_WEIGHTS": str(TINY),
        "LIVENESS_LOG_LEVEL": "error",
        "LIVENESS_MAX_BACKLOG_SECONDS": "1000",
        "LIVENESS_DECODE_SECONDS": str(HANGS_SECONDS),
        "LIVENESS_DEADLINE_SECONDS": "120",
    }
    replica = Replica.started(tmp_path / "log", variables)
    try:
        with replica.client() as client:
            yield client, replica
    finally:
        replica.kill()


def memory_mb(pid: int) -> float:
    """Of the process and its decoders."""
    pages = sum(int(Path(f"/proc/{each}/statm").read_text().split()[1]) for each in (pid, *children(pid)))
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def sent(client: httpx.Client, clip: bytes) -> tuple[httpx.Response, float]:
    started = time.perf_counter()
    answer = client.post("/v1/liveness", files={"clip": ("film.mp4", clip, "video/mp4")})
    return answer, time.perf_counter() - started


def test_the_whole_corpus_leaves_the_service_as_it_was(service: tuple[httpx.Client, Replica]) -> None:
    client, replica = service
    server = replica.process
    expected = sent(client, videos.person())[0].json()
    uploads = list(corpus())
    for each in uploads[::8]:  # every path was taken once before memory is compared
        sent(client, each.data)
    before = memory_mb(server.pid)

    def attack(numbered: tuple[int, Hostile]) -> tuple[str, int, float]:
        number, hostile = numbered
        if number % GOOD_EVERY == 0:
            good = sent(client, videos.person())[0].json()
            assert (good["decision"], good["windows"]) == (expected["decision"], expected["windows"])
        answer, seconds = sent(client, hostile.data)
        return hostile.name, answer.status_code, seconds

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(attack, enumerate(uploads)))
    assert not [each for each in answers if each[1] not in (200, 400, 415, 422)]
    assert not [each for each in answers if each[2] > LIMIT_SECONDS]
    assert Counter(status for _, status, _ in answers).keys() >= {200, 400, 415, 422} - {400}
    assert not re.findall(r"liveness_decoder_kills_total\{.*", client.get("/metrics").text)
    assert server.poll() is None
    assert memory_mb(server.pid) < before + GROWTH_MB
    replica.end(within=END_SECONDS)
