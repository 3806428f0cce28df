"""A real Prometheus looks at a real service: under load, and with faults put into it."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from model.network.config import COMPACT, Stem
from tests.bench.weights import write_random
from tests.service import videos
from tests.service.ports import free_port
from tests.service.replica import Replica
from tests.service.serving import TINY
from tests.service.sessions.clients import create
from tests.service.stream.talking import person, talking
from tests.system.prometheus.faults import VARIABLES, crowd, hang_decoders, replay_a_token
from tests.system.prometheus.recorded import as_minutes
from tests.system.prometheus.server import RULES, Prometheus, watching
from tests.system.prometheus.test_rules import evaluate, silence

HOUR = 60  # minutes
ROUNDS = 2
# A busy machine is slow; that is not what this is about.
PATIENT = {
    "LIVENESS_STREAMS__LATE_SECONDS": "60",
    "LIVENESS_STREAMS__MAX_LAG_SECONDS": "60",
    "LIVENESS_STREAMS__IDLE_SECONDS": "60",
    "LIVENESS_DECODE_SECONDS": "60",
    "LIVENESS_DEADLINE_SECONDS": "600",
}
INJECTED = {
    "LivenessGpuFallback", "LivenessDecoderKills", "LivenessReplayedTokens", "LivenessQueueWaitHigh",
}  # fmt: skip


@dataclass(frozen=True)
class Watched:
    prometheus: Prometheus
    fired_under_load: set[str]
    before: str  # /metrics
    after: str


def slow_network(folder: Path) -> Path:
    """Random weights; its passes take four times as long as finding faces, so that work waits for them."""
    write_random(replace(COMPACT, stem=Stem.FULL), folder)
    return folder


def use(client: httpx.Client) -> None:
    """One of each: an attack, nobody, somebody far away, a session with a stream."""
    for clip in (videos.person(60), videos.grey(), videos.far_away()):
        assert client.post("/v1/liveness", files={"clip": clip}).status_code == 200
    made = create(client)
    path = f"/v1/sessions/{made['session_id']}/stream"
    with talking(client, f"token.{made['client_token']}", path=path) as talker:
        talker.begin()
        talker.send_patiently(person(19))
        talker.finish()


def metrics(client: httpx.Client) -> str:
    return client.get("/metrics").text


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """First normal load on a healthy service, then all faults on another."""
    folder = tmp_path_factory.mktemp("prometheus")
    common, later = {"LIVENESS_WEIGHTS": str(TINY)} | PATIENT, free_port()
    healthy = Replica.started(folder / "healthy.log", common)
    faulty: Replica | None = None
    try:
        with watching((healthy.port, later), folder) as prometheus:
            prometheus.wait_for(f'up{{instance="127.0.0.1:{healthy.port}"}} == 1')  # or it misses the load
            with healthy.client() as client:
                use(client)
                before = metrics(client)
                for _ in range(ROUNDS):
                    use(client)
                after = metrics(client)
            prometheus.wait_for("count_over_time(liveness_ws_closes_total[5m]) > 5")
            fired = prometheus.ever_fired()
            slow = {"LIVENESS_WEIGHTS": str(slow_network(folder / "slow"))}
            faulty = Replica.started(folder / "faulty.log", common | VARIABLES | slow, port=later)
            with faulty.client() as client:
                prometheus.wait_for(f'up{{instance="127.0.0.1:{later}"}} == 1')
                hang_decoders(faulty, client)
                replay_a_token(client)
                crowd(client)
            yield Watched(prometheus, fired, before, after)
    finally:
        for replica in (healthy, faulty):
            if replica is not None:
                replica.kill()


def test_normal_load_wakes_nobody(watched: Watched) -> None:
    assert watched.fired_under_load == set()


def test_an_hour_of_the_load_that_was_recorded_wakes_nobody(watched: Watched, tmp_path: Path) -> None:
    series = as_minutes(watched.before, watched.after, minutes=HOUR + 30)
    assert len(series) > 100
    evaluate(tmp_path, series, promql_expr_test=[silence(HOUR + 30, over=HOUR + 30)])


@pytest.mark.parametrize("alert", sorted(INJECTED))
def test_an_injected_fault_wakes_someone(watched: Watched, alert: str) -> None:
    watched.prometheus.wait_for(f'ALERTS{{alertstate="firing",alertname="{alert}"}}')


def test_the_faults_that_were_not_injected_wake_nobody(watched: Watched) -> None:
    fired = watched.prometheus.ever_fired()
    # Clips that meet a hung decoder are refused as unusable, and that is true of them.
    assert fired - INJECTED <= {"LivenessUnusableRequestsHigh", "LivenessSaturated"}


def test_every_query_of_every_panel_of_the_dashboard_has_numbers(watched: Watched) -> None:
    dashboard = json.loads((RULES.parent / "dashboard.json").read_text())
    asked = [
        (panel["title"], target["expr"])
        for panel in dashboard["panels"]
        for target in panel.get("targets", ())
    ]
    assert len(asked) > 20
    empty = []
    for title, query in asked:
        filled = query.replace("$__rate_interval", "10m").replace("$job", ".+")
        values = [float(each["value"][1]) for each in watched.prometheus.ask(filled)]
        if not any(math.isfinite(value) for value in values):
            empty.append(f"{title}: {query}")
    assert empty == []
