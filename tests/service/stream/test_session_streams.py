"""A session's stream: its client hears the result alone, its backend the verdict."""

import time

import httpx
import pytest
from fastapi import FastAPI
from starlette.websockets import WebSocket

from model.quality import Reason
from service.routes.dependencies import RunningService
from service.schemas import Verdict
from service.stream.closes import Fault, Refused
from service.stream.connection import refuse, run_stream
from service.stream.policy import StreamEnd, StreamPolicy, Told
from tests.service.stream.counted import eventually
from tests.service.stream.talking import person, talking


class Backend:
    """A route as a session's is: its client hears the result alone."""

    def __init__(self, app: FastAPI) -> None:
        self.verdicts: list[Verdict] = []
        self.ends: list[StreamEnd] = []
        app.add_api_websocket_route("/session", self.run)
        app.add_api_websocket_route("/refused", self.refuse)

    async def run(self, websocket: WebSocket, runtime: RunningService) -> None:
        async def told(verdict: Verdict) -> bool:
            self.verdicts.append(verdict)
            return True

        policy = StreamPolicy(channel="session", told=Told.RESULT)
        self.ends.append(await run_stream(websocket, runtime=runtime, policy=policy, on_outcome=told))

    async def refuse(self, websocket: WebSocket) -> None:
        self.ends.append(await refuse(websocket, Refused(Fault.TOKEN_USED, "this token was used before")))


@pytest.fixture(scope="module")
def backend(app: FastAPI) -> Backend:
    return Backend(app)


def test_a_sessions_client_hears_the_result_and_its_backend_the_verdict(
    patient: httpx.Client, backend: Backend
) -> None:
    with talking(patient, path="/session") as client:
        assert client.begin(trace=True)["trace"] is False
        pictures = iter(person(150, restless=True))
        while client.heard[-1]["type"] != "outcome":
            client.send(next(pictures), at=client.sequence / 25)
            client.until_any("ack", "outcome")
        assert client.hear() is None
    outcome = next(message for message in client.heard if message["type"] == "outcome")
    assert "trace" not in client.kinds()
    (verdict,) = backend.verdicts
    assert verdict.score is not None
    decision = "bona_fide" if verdict.score >= verdict.threshold else "attack"  # the weights are random
    result = {"bona_fide": "passed", "attack": "failed"}[decision]
    assert outcome == {"type": "outcome", "result": result, "verdict": None}
    counted = f'liveness_decisions_total{{channel="session",decision="{decision}"}}'
    assert eventually(patient, counted, 1)


def test_a_client_that_ends_before_a_loop_would_show_is_sent_back(
    patient: httpx.Client, backend: Backend
) -> None:
    with talking(patient, path="/session") as client:
        client.begin()
        client.send_patiently(person(75, restless=True))  # 3 s, of which 1.8 s would do for a clip
        outcome = client.finish()
    assert outcome["result"] == "retry"
    assert backend.verdicts[-1].reasons == (Reason.TOO_FEW_FRAMES,)


def test_a_token_that_was_used_is_an_error_and_4409(patient: httpx.Client, backend: Backend) -> None:
    with talking(patient, path="/refused") as client:
        assert client.until("error")["code"] == "token_used"
        assert client.hear() is None
    assert client.close == 4409
    given_up = time.monotonic() + 5  # the client hears it before the backend does
    while not any(end.close == 4409 for end in backend.ends):
        assert time.monotonic() < given_up
        time.sleep(0.05)
