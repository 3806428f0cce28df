"""SIGTERM while somebody is in front of the camera."""

import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.service.replica import Replica
from tests.service.serving import TINY
from tests.service.stream.talking import person, talking

END_SECONDS = 60  # a busy machine is slow to close


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[httpx.Client, Replica]]:
    variables = {
        "LIVENESS_WEIGHTS": str(TINY), "LIVENESS_DECODE_WORKERS": "1", "LIVENESS_FACE_WORKERS": "1",
    }  # fmt: skip
    replica = Replica.started(tmp_path / "log", variables)
    try:
        with replica.client() as client:
            yield client, replica
    finally:
        replica.kill()


def test_a_stream_that_runs_finishes_and_then_the_service_ends(
    served: tuple[httpx.Client, Replica],
) -> None:
    client, replica = served
    with talking(client) as running:
        running.begin()
        running.send_patiently(person(4))
        replica.process.send_signal(signal.SIGTERM)
        assert running.until("draining")["seconds"] > 0
        assert client.get("/readyz").status_code == 503
        assert running.finish()["type"] == "outcome"
    replica.process.wait(END_SECONDS)
    said = replica.said()
    assert "may finish: 1" in said
    assert "127.0.0.1:" not in said.replace("http://127.0.0.1:", "")


def test_a_second_signal_ends_streams_with_1012(served: tuple[httpx.Client, Replica]) -> None:
    client, replica = served
    with talking(client) as running:
        running.begin()
        replica.process.send_signal(signal.SIGTERM)
        running.until("draining")
        replica.process.send_signal(signal.SIGTERM)
        assert running.hear() is None
    assert running.close == 1012
    replica.process.wait(END_SECONDS)
