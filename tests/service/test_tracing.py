"""OpenTelemetry traces at a real receiver, and W3C trace context in the logs."""

import io
import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.logs import log_as_json
from service.stream.limits import StreamLimits
from service.timeline import Stage
from tests.service import videos
from tests.service.collector import Collector, collecting
from tests.service.serving import TINY, fresh, on_a_socket
from tests.service.sessions.clients import create
from tests.service.stream.talking import person, talking

ROOT = Path(__file__).parents[2]
TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
HEADERS = {"traceparent": f"00-{TRACE}-{CALLER}-01"}
STAGES = {f"liveness.{stage}" for stage in Stage}


@pytest.fixture(scope="module")
def traced() -> Iterator[tuple[Collector, tuple[int, int]]]:
    """A clip, a stream and a probe of one service that has ended; when the clip was sent and answered."""
    with collecting() as collector:
        patient = StreamLimits(late_seconds=60, max_lag_seconds=60)
        with on_a_socket(fresh(otlp_endpoint=collector.url, streams=patient)) as client:
            before = time.time_ns()
            client.post("/v1/liveness", files={"clip": videos.person(30)}, headers=HEADERS)
            asked = (before, time.time_ns())
            with talking(client) as talker:
                talker.begin()
                talker.send_patiently(person(15))
                talker.finish()
            client.get("/readyz")
        yield collector, asked


def test_a_clip_is_a_span_of_the_caller_s_trace_with_one_span_per_stage(
    traced: tuple[Collector, tuple[int, int]],
) -> None:
    collector, (sent, answered) = traced
    request = collector.named("POST /v1/liveness")
    assert (request.trace_id, request.parent_id) == (TRACE, CALLER)
    stages = collector.under(request)
    assert stages.keys() == STAGES
    for span in (request, *stages.values()):
        assert span.trace_id == TRACE
        assert sent <= span.begin <= span.end <= answered


def test_a_stage_s_span_says_how_often_it_ran_and_how_long_that_took(
    traced: tuple[Collector, tuple[int, int]],
) -> None:
    stages = traced[0].under(traced[0].named("POST /v1/liveness"))
    assert stages["liveness.decode"].attributes["liveness.passes"] == 1
    assert stages["liveness.encode"].attributes["liveness.passes"] >= 5
    for span in stages.values():
        assert 0 <= span.attributes["liveness.busy_seconds"] <= (span.end - span.begin) / 1e9 + 1e-6


def test_a_stream_is_one_span_with_one_span_per_stage_over_all_its_frames(
    traced: tuple[Collector, tuple[int, int]],
) -> None:
    stream = traced[0].named("WS /v1/stream")
    stages = traced[0].under(stream)
    assert stages.keys() == STAGES
    assert stages["liveness.decode"].attributes["liveness.passes"] == 5  # every third frame of 15
    assert stream.begin <= stages["liveness.decode"].begin
    assert stages["liveness.decode"].end <= stream.end


def test_the_receiver_learns_who_says_it_and_nothing_of_probes(
    traced: tuple[Collector, tuple[int, int]],
) -> None:
    collector = traced[0]
    assert set(collector.paths) == {"/v1/traces"}
    assert {span.resource["service.name"] for span in collector.spans} == {"liveness-service"}
    assert not [span for span in collector.spans if "readyz" in span.name]
    said = str([span.attributes for span in collector.spans])
    assert "client.address" not in said
    assert "user_agent" not in said


def test_a_collector_that_is_not_there_costs_no_answer_and_no_end() -> None:
    began = time.monotonic()
    with on_a_socket(fresh(otlp_endpoint="http://127.0.0.1:9")) as client:
        assert client.post("/v1/liveness", files={"clip": videos.person(8)}).status_code == 200
    assert time.monotonic() - began < 25


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    root, stream = logging.getLogger(), io.StringIO()
    before, level = root.handlers[:], root.level
    log_as_json("info", stream)
    yield stream
    root.handlers[:], root.level = before, level


def lines(log: io.StringIO, logger: str) -> list[dict[str, Any]]:
    said = [json.loads(line) for line in log.getvalue().splitlines()]
    return [line for line in said if line["logger"] == logger]


def test_without_an_endpoint_log_lines_still_name_the_caller_s_trace(log: io.StringIO) -> None:
    with on_a_socket(fresh()) as client:
        client.get("/v1/model", headers=HEADERS)
        client.get("/v1/model", headers={"traceparent": "00-nonsense-01"})
        client.get("/v1/model")
    joined, *others = lines(log, "service.requests")
    assert (joined["trace_id"], joined["span_id"]) == (TRACE, CALLER)
    assert len(others) == 2
    assert not any("trace_id" in line for line in others)


def test_with_an_endpoint_log_lines_name_the_span_that_is_exported(log: io.StringIO) -> None:
    with collecting() as collector:
        with on_a_socket(fresh(otlp_endpoint=collector.url)) as client:
            client.get("/v1/model", headers=HEADERS)
        (line,) = lines(log, "service.requests")
        assert line["trace_id"] == TRACE
        assert line["span_id"] == collector.named("GET /v1/model").span_id


def test_log_lines_of_a_session_s_requests_and_of_its_stream_name_the_session(log: io.StringIO) -> None:
    with on_a_socket(fresh()) as client:
        made = create(client)
        path = f"/v1/sessions/{made['session_id']}"
        with talking(client, f"token.{made['client_token']}", path=f"{path}/stream") as talker:
            talker.begin()
            talker.finish()
        client.get(path)
    (ended,) = lines(log, "service.streams")
    assert ended["session"] == made["session_id"]
    assert lines(log, "service.requests")[-1]["session"] == made["session_id"]
    assert made["client_token"] not in log.getvalue()


def test_traces_without_their_extra_are_refused_with_its_name() -> None:
    blocked = (
        "import sys; sys.modules['opentelemetry.sdk'] = None\n"
        "from service.__main__ import main; sys.exit(main(['serve', '--port', '0']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", blocked], cwd=ROOT, capture_output=True, text=True, timeout=60,
        env={"LIVENESS_OTLP_ENDPOINT": "http://127.0.0.1:4318", "LIVENESS_WEIGHTS": str(TINY)},
    )  # fmt: skip
    assert done.returncode == 2
    assert "not started: LIVENESS_OTLP_ENDPOINT needs the extra `tracing`" in done.stderr
