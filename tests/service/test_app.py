"""What surrounds a verdict: health, the model's description, metrics, the API document."""

import asyncio
import json
import socket
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import httpx
import pytest

from service import errors
from service.errors import LivenessError
from service.examples import VERDICTS
from service.schemas import Problem, Verdict
from tests.service import videos
from tests.service.serving import called_directly, fresh, on_a_socket


@pytest.fixture(scope="module")
def document(service: httpx.Client) -> dict[str, Any]:
    return service.get("/openapi.json").json()


def test_the_probes_answer_and_readiness_shows_what_runs(service: httpx.Client) -> None:
    assert service.get("/livez").json() == {"status": "ok"}
    assert service.get("/startupz").json() == {"status": "ok"}
    ready = service.get("/readyz").json()
    assert ready["ready"] is True
    assert ready["engine"] == {"asked": ["cpu"], "running": "cpu", "device": "cpu", "fell_back": False}


def test_who_drains_is_alive_and_not_ready() -> None:
    async def use() -> None:
        app = fresh()
        async with called_directly(app) as client:
            app.state.runtime.drain()
            assert (await client.get("/readyz")).status_code == 503
            assert (await client.get("/livez")).status_code == 200
            refused = await client.post("/v1/liveness", files={"clip": videos.person(8)})
            assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
            assert "retry-after" in refused.headers
            assert refused.headers["connection"] == "close"
            assert "liveness_draining 1.0" in (await client.get("/metrics")).text

    asyncio.run(use())


def test_the_model_is_described_with_its_rules(service: httpx.Client) -> None:
    described = service.get("/v1/model").json()
    assert described["card"]["name"]
    assert described["card"]["verdict"]["min_windows"] == 8
    assert described["gates"]["min_face_height"] == 80
    assert described["limits"]["max_seconds"] == 15
    assert described["files"].keys() == {"frame_encoder.onnx", "pair_head.onnx", "window_head.onnx"}


def test_what_was_judged_is_counted() -> None:
    async def use() -> str:
        async with called_directly(fresh()) as client:
            await client.post("/v1/liveness", files={"clip": videos.person()})
            await client.post("/v1/liveness", files={"clip": videos.black()})
            await client.post("/v1/liveness", files={"clip": b"text"})
            return (await client.get("/metrics")).text

    counted = set(asyncio.run(use()).splitlines())
    assert counted >= {
        'liveness_requests_total{code="200",endpoint="/v1/liveness"} 2.0',
        'liveness_requests_total{code="415",endpoint="/v1/liveness"} 1.0',
        'liveness_decisions_total{channel="clip",decision="attack"} 1.0',
        'liveness_decisions_total{channel="clip",decision="undecided"} 1.0',
        "liveness_score_count 1.0",
        'liveness_stage_seconds_count{stage="decode"} 3.0',
        'liveness_stage_seconds_count{stage="face"} 45.0',
        'liveness_stage_seconds_count{stage="encode"} 25.0',
        'liveness_stage_seconds_count{stage="pair"} 24.0',
        'liveness_stage_seconds_count{stage="window"} 21.0',
        'liveness_stage_seconds_count{stage="score"} 2.0',
        "liveness_batch_size_sum 70.0",
        "liveness_pending_requests 0.0",
        'liveness_rejected_total{reason="unsupported_media"} 1.0',
        'liveness_frames_total{result="received"} 135.0',
        'liveness_frames_total{result="used"} 25.0',
        'liveness_quality_total{code="no_face"} 20.0',
        "liveness_provider_fallback_total 0.0",
    }
    assert any(line.startswith("liveness_engine_info{") and 'provider="cpu"' in line for line in counted)
    assert not any("person" in line or "127.0.0.1" in line for line in counted)


def test_two_apps_count_apart() -> None:
    first, second = fresh(), fresh()
    first.state.metrics.rejected.labels("overloaded").inc()
    assert (
        second.state.metrics.registry.get_sample_value("liveness_rejected_total", {"reason": "overloaded"})
        is None
    )


def test_metrics_move_to_a_port_of_their_own() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with on_a_socket(fresh(metrics_port=port)) as client:
        assert client.get("/metrics").status_code == 404
        assert "liveness_engine_info" in httpx.get(f"http://127.0.0.1:{port}/metrics").text


def every_error(base: type[LivenessError] = LivenessError) -> Iterator[type[LivenessError]]:
    for error in base.__subclasses__():
        if error.__module__ == errors.__name__:
            yield error
            yield from every_error(error)


def test_the_document_shows_every_error_with_an_example_that_fits(document: dict[str, Any]) -> None:
    routes = [route for path in document["paths"].values() for route in path.values()]
    answers = document["paths"]["/v1/liveness"]["post"]["responses"]
    shown = {
        (int(status), code): example["value"]
        for route in routes
        for status, answer in route["responses"].items()
        for code, example in answer.get("content", {})
        .get("application/problem+json", {})
        .get("examples", {})
        .items()
    }
    assert shown.keys() == {(error.status, error.code) for error in (LivenessError, *every_error())}
    for (status, code), example in shown.items():
        assert example.keys() == document["components"]["schemas"]["Problem"]["properties"].keys()
        Problem.model_validate(example, strict=True)
        assert (example["status"], example["code"]) == (status, code)
    assert "headers" in answers["503"]


def test_the_documents_verdicts_are_verdicts(document: dict[str, Any]) -> None:
    content = document["paths"]["/v1/liveness"]["post"]["responses"]["200"]["content"]["application/json"]
    assert content["schema"] == {"$ref": "#/components/schemas/Verdict"}
    assert content["examples"].keys() == {"bona_fide", "attack", "undecided"}
    for example in VERDICTS.values():
        Verdict.model_validate_json(json.dumps(example), strict=True)


def test_the_document_says_how_a_clip_is_sent(document: dict[str, Any]) -> None:
    body = document["paths"]["/v1/liveness"]["post"]["requestBody"]["content"]
    assert body["multipart/form-data"]["schema"]["required"] == ["clip"]
    assert "video/mp4" in body


def test_a_real_verdict_fits_the_documents_schema(service: httpx.Client, document: dict[str, Any]) -> None:
    answer = service.post("/v1/liveness", params={"depth_maps": True}, files={"clip": videos.person()})
    Verdict.model_validate_json(answer.text, strict=True)
    assert answer.json().keys() == document["components"]["schemas"]["Verdict"]["properties"].keys()


def test_the_documents_version_is_the_distributions(document: dict[str, Any]) -> None:
    assert document["info"]["version"] == version("liveness-service")
