"""The network on a real Triton server: the same scores as in the process, and what a lost server costs."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from service.engine.triton import open_triton
from service.errors import EngineError, GpuRequired, StartError
from service.settings import shipped_weights
from service.stream.limits import StreamLimits
from tests.service import videos
from tests.service.serving import TINY, fresh, on_a_socket, settings
from tests.service.stream.talking import person, talking
from tests.system.triton.server import Triton, for_this_server, running, written

START_SECONDS = 300.0
PATIENT = StreamLimits(late_seconds=60, max_lag_seconds=60)


def sent_there(server: Triton, **changes: Any) -> dict[str, Any]:
    """Settings of a service whose network the server runs."""
    return {"engine": "triton", "triton_url": server.url, "triton_wait_seconds": START_SECONDS} | changes


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return for_this_server(written(tmp_path_factory.mktemp("tiny") / "models", TINY))


@pytest.fixture(scope="module")
def server(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Triton]:
    with running(tiny, tmp_path_factory.mktemp("triton")) as server:
        yield server


def posted(client: httpx.Client) -> dict[str, Any]:
    answer = client.post("/v1/liveness", files={"clip": videos.person(40)})
    assert answer.status_code == 200, answer.text
    verdict: dict[str, Any] = answer.json()
    return verdict


def test_the_shipped_weights_score_on_a_triton_as_they_do_in_the_process(tmp_path: Path) -> None:
    weights = shipped_weights()
    repository = for_this_server(written(tmp_path / "models", weights))
    with on_a_socket(fresh(weights=weights)) as client:
        here = posted(client)
    with running(repository, tmp_path) as server:  # noqa: SIM117 - in this order
        with on_a_socket(fresh(weights=weights, **sent_there(server))) as client:
            there, engine = posted(client), client.get("/readyz").json()["engine"]
    assert engine == {"asked": ["triton"], "running": "triton", "device": "cpu", "fell_back": False}
    assert len(here["windows"]) >= 5
    for name in ("score", "depth_score", "bona_fide_prob", "time"):
        ours, theirs = ([window[name] for window in each["windows"]] for each in (here, there))
        np.testing.assert_allclose(theirs, ours, atol=1e-4)
    assert (there["decision"], there["reasons"]) == (here["decision"], here["reasons"])
    assert there["model"] == here["model"]


def test_a_clip_s_timings_and_metrics_know_the_stages_on_the_server(server: Triton) -> None:
    with on_a_socket(fresh(**sent_there(server))) as client:
        assert posted(client)["timings_ms"].keys() >= {"encode", "pair", "window"}
        metrics = client.get("/metrics").text
    assert 'liveness_engine_info{device="cpu",model="tiny-' in metrics
    assert 'provider="triton"' in metrics
    assert 'liveness_stage_seconds_count{stage="encode"}' in metrics


def test_a_stream_lives_on_where_one_of_two_servers_is_lost(tiny: Path, tmp_path: Path) -> None:
    pictures = person(45)
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(running(tiny, folder))
            for folder in (tmp_path / "a", tmp_path / "b")
            if not folder.mkdir()
        )
        both = f"ipv4:{first.url},{second.url}"
        wait_for(first), wait_for(second)
        client = stack.enter_context(
            on_a_socket(fresh(**sent_there(first, triton_url=both), streams=PATIENT))
        )
        talker = stack.enter_context(talking(client))
        talker.begin()
        talker.send_patiently(pictures[:20])
        first.kill()
        talker.send_patiently(pictures[20:])
        outcome = talker.finish()
    frames = outcome["verdict"]["frames"]
    assert (frames["received"], frames["late"]) == (45, 0)
    assert len(outcome["verdict"]["windows"]) == 11


def test_while_one_version_replaces_another_passes_find_the_server_that_has_their_graphs(
    server: Triton, tmp_path: Path
) -> None:
    newer = for_this_server(written(tmp_path / "models", shipped_weights()))
    with running(newer, tmp_path) as other:
        wait_for(server), wait_for(other)
        both = f"ipv4:{other.url},{server.url}"
        with on_a_socket(fresh(**sent_there(server, triton_url=both))) as client:
            assert len(posted(client)["windows"]) >= 5


def test_without_any_server_a_clip_is_asked_to_come_back_and_may(tiny: Path, tmp_path: Path) -> None:
    with running(tiny, tmp_path) as server, on_a_socket(fresh(**sent_there(server))) as client:
        before = posted(client)
        server.kill()
        refused = client.post("/v1/liveness", files={"clip": videos.person(40)})
        assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
        assert int(refused.headers["retry-after"]) > 0
        assert client.get("/livez").status_code == 200
        server.start()
        wait_for(server)
        for _ in range(10):
            time.sleep(int(refused.headers["retry-after"]))
            after = client.post("/v1/liveness", files={"clip": videos.person(40)})
            if after.status_code == 200:
                break
        assert after.json()["windows"] == before["windows"]


def test_a_server_with_other_weights_is_refused_with_what_it_lacks(server: Triton) -> None:
    wait_for(server)
    said = refusal(sent_there(server, weights=shipped_weights(), triton_wait_seconds=2.0), EngineError)
    assert "has no liveness_frame_encoder_" in said
    assert "python -m service triton-repository" in said


def test_a_server_without_our_graphs_is_refused_with_their_name(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    with running(tmp_path / "models", tmp_path) as server:
        wait_for(server)
        said = refusal(sent_there(server, triton_wait_seconds=2.0), EngineError)
    assert "has no liveness_frame_encoder" in said


def test_a_gpu_that_is_required_is_looked_for_on_the_server(server: Triton) -> None:
    said = refusal(sent_there(server, require_gpu=True), GpuRequired)
    assert "LIVENESS_REQUIRE_GPU" in said
    assert server.url in said


def test_a_server_that_never_comes_is_named_after_the_wait() -> None:
    nobody = {"engine": "triton", "triton_url": "127.0.0.1:9", "triton_wait_seconds": 1.0}
    assert "127.0.0.1:9" in refusal(nobody, EngineError)


def refusal(changes: dict[str, Any], kind: type[StartError]) -> str:
    async def start() -> None:
        async with open_triton(settings(**changes)):
            pass

    with pytest.raises(kind) as refused:
        asyncio.run(start())
    return str(refused.value)


def wait_for(server: Triton) -> None:
    with httpx.Client(transport=httpx.HTTPTransport(retries=0)) as client:
        for _ in range(600):
            try:
                if client.get(f"http://127.0.0.1:{server.http}/v2/health/ready").status_code == 200:
                    return
            except httpx.TransportError:
                assert server.process is not None
                assert server.process.poll() is None, server.log.read_text()
            time.sleep(0.2)
    pytest.fail(server.log.read_text())
