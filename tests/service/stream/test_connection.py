"""Streams over a real socket: the clip's verdict, hostile clients, lost connections, shutting down."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import cv2
import httpx
import pytest
from fastapi import FastAPI
from starlette.websockets import WebSocket
from websockets.exceptions import InvalidStatus

from model.card import SamplingRule
from model.sampling import SampledBy
from model.video import VideoLimits, read_clip
from service.routes.dependencies import RunningService
from service.schemas import Verdict
from service.stream.closes import Fault
from service.stream.codec import Codec, pack
from service.stream.connection import refuse, run_stream
from service.stream.limits import StreamLimits
from service.stream.messages import Outcome
from service.stream.policy import StreamEnd, StreamPolicy, Told
from tests.service import videos
from tests.service.serving import fresh, on_a_socket
from tests.service.stream.script import frame
from tests.service.stream.talking import LOSSLESS, Talker, person, talking

# However slow the machine is that runs the tests.
PATIENT = StreamLimits(
    late_seconds=60,
    max_lag_seconds=60,
    resume_seconds=60,
    max_seconds=600,
    idle_seconds=60,
    send_seconds=60,
    max_fps=1000,
)


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return fresh(streams=PATIENT)


@pytest.fixture(scope="module")
def patient(app: FastAPI) -> Iterator[httpx.Client]:
    with on_a_socket(app) as client:
        yield client


def metric(client: httpx.Client, name: str) -> float:
    for line in client.get("/metrics").text.splitlines():
        if line.startswith(name):
            return float(line.rpartition(" ")[2])
    return 0.0


def eventually(client: httpx.Client, name: str, value: float) -> bool:
    for _ in range(100):
        if metric(client, name) == value:
            return True
        time.sleep(0.05)
    return False


def test_a_clips_frames_streamed_give_the_verdict_that_rest_gives(patient: httpx.Client) -> None:
    clip = videos.person()
    every = SamplingRule(interval=1, interval_ms=1.0)
    frames = read_clip(clip, rule=every, limits=VideoLimits()).frames
    pictures = [cv2.imencode(".webp", each.pixels_HW3[..., ::-1], LOSSLESS)[1].tobytes() for each in frames]
    with talking(patient) as client:
        client.begin()
        client.send_patiently(pictures, codec=Codec.WEBP)
        streamed = Outcome.model_validate(client.finish()).verdict
    rest = Verdict.model_validate(patient.post("/v1/liveness", files={"clip": clip}).json())
    assert streamed is not None
    assert (streamed.decision, streamed.reasons) == (rest.decision, rest.reasons)
    assert streamed.score == pytest.approx(rest.score, abs=1e-4)
    assert [each.time for each in streamed.windows] == pytest.approx([each.time for each in rest.windows])
    assert streamed.frames.model_dump(exclude={"late"}) == rest.frames.model_dump(exclude={"late"})
    assert (streamed.frames.late, streamed.sampling.sampled_by) == (0, SampledBy.FRAME_COUNT)


def test_progress_and_guidance_come_while_the_person_is_still_there(patient: httpx.Client) -> None:
    with talking(patient) as client:
        ready = client.begin(trace=True)
        client.send_patiently(person(16))
        outcome = client.finish()
    progress = [message for message in client.heard if message["type"] == "progress"]
    assert [each["windows"] for each in progress] == [1, 2]
    assert {each["needed"] for each in progress} == {ready["needed"]}
    traces = [message for message in client.heard if message["type"] == "trace"]
    assert len(traces) == 2
    assert all(each["crop"].startswith("data:image/jpeg;base64,") for each in traces)
    assert (outcome["result"], outcome["verdict"]["reasons"]) == ("retry", ["too_few_frames"])


def test_a_person_who_is_not_there_is_told_so_at_once(patient: httpx.Client) -> None:
    with talking(patient) as client:
        client.begin()
        client.send_patiently(black(2))
        assert client.until("guidance")["code"] == "no_face"


def black(count: int) -> list[bytes]:
    return [cv2.imencode(".jpg", videos.plain())[1].tobytes()] * count


def test_a_page_of_another_host_cannot_open_a_stream(patient: httpx.Client) -> None:
    with pytest.raises(InvalidStatus, match="403"), talking(patient, origin="https://elsewhere.example"):
        pass


def test_the_services_own_page_may(patient: httpx.Client) -> None:
    with talking(patient, origin=str(patient.base_url).rstrip("/")) as client:
        assert client.begin()["credit"] == 3


def test_who_asks_for_another_protocol_is_told_which_one_it_is(patient: httpx.Client) -> None:
    with talking(patient, protocol="chat") as client:
        assert client.until("error")["code"] == "version"
        assert client.hear() is None
    assert client.close == 4400


@pytest.mark.parametrize(
    ("data", "code", "close"),
    [
        (bytes(100), "bad_header", 4400),
        (pack(bytes(5000), codec=Codec.JPEG, sequence=0, captured=0), "bad_picture", 4400),
        (frame(0, 0, person(1)[0][:3000]), "bad_picture", 4400),
        ("x" * 5000, "message_too_large", 1009),
    ],
    ids=["zeros", "no picture", "half a picture", "a long text"],
)
def test_garbage_ends_the_stream_with_its_reason(
    patient: httpx.Client, data: bytes | str, code: str, close: int
) -> None:
    with talking(patient) as client:
        client.begin()
        client.socket.send(data)
        assert client.until("error")["code"] == code
        assert client.hear() is None
    assert client.close == close
    assert eventually(patient, "liveness_sessions_active", 0)


def test_a_message_over_the_limit_is_not_even_read(patient: httpx.Client) -> None:
    with talking(patient) as client:
        client.begin()
        client.socket.send(bytes(PATIENT.max_message_bytes + 1))
        assert client.hear() is None
    assert client.close == 1009
    assert eventually(patient, 'liveness_ws_closes_total{code="1009"}', 2)


def test_pictures_are_never_compressed_again(patient: httpx.Client) -> None:
    with talking(patient) as client:
        assert client.socket.protocol.extensions == []


def test_a_client_that_vanishes_leaves_nothing_behind(patient: httpx.Client) -> None:
    with talking(patient) as client:
        client.begin()
        client.send(person(1)[0], at=0)
        client.socket.socket.shutdown(socket.SHUT_RDWR)
    assert eventually(patient, "liveness_sessions_active", 0)


def test_a_client_that_vanishes_in_the_middle_of_a_frame_leaves_nothing_behind(
    patient: httpx.Client,
) -> None:
    with talking(patient) as client:
        client.begin()
        announced = bytes((0x82, 0xFE)) + (50_000).to_bytes(2, "big") + bytes(4)  # masked, binary
        client.socket.socket.sendall(announced + frame(0, 0)[:500])
        client.socket.socket.shutdown(socket.SHUT_RDWR)
    assert eventually(patient, "liveness_sessions_active", 0)


def test_a_lost_stream_is_taken_up_once_with_what_was_judged(patient: httpx.Client) -> None:
    pictures = person(32)
    with talking(patient) as first:
        token = first.begin()["resume_token"]
        first.send_patiently(pictures[:16])
        first.until("progress")
        first.socket.socket.shutdown(socket.SHUT_RDWR)
    assert eventually(patient, "liveness_sessions_active", 0)
    with talking(patient, f"resume.{token}") as second:
        assert second.begin()["resume_token"] is None
        second.send_patiently(pictures[16:])
        verdict = second.finish()["verdict"]
    assert verdict["frames"]["received"] == 32
    assert len(verdict["windows"]) >= 3
    times = [window["time"] for window in verdict["windows"]]
    assert times == sorted(times)
    with talking(patient, f"resume.{token}") as third:
        assert third.until("error")["code"] == "expired"


def test_streams_beyond_the_limit_are_told_to_come_back() -> None:
    with on_a_socket(fresh(streams=StreamLimits(max_streams=1))) as client, talking(client) as one:
        one.begin()
        with talking(client) as another:
            refused = another.until("error")
            assert (refused["code"], refused["retry_after"]) == ("overloaded", 2)
            assert another.hear() is None
        assert another.close == 1013
        assert one.socket.ping().wait(5)


def test_running_streams_finish_while_the_service_drains_and_new_ones_go_elsewhere() -> None:
    app = fresh(streams=PATIENT)
    with on_a_socket(app) as client, talking(client) as running:
        running.begin()
        running.send_patiently(person(4))
        app.state.runtime.drain()
        assert running.until("draining")["seconds"] == 60
        with talking(client) as late:
            assert late.until("error")["code"] == "draining"
            assert late.hear() is None
        assert late.close == 1012
        assert running.finish()["result"] == "retry"


def test_who_does_not_finish_is_closed_with_1012() -> None:
    app = fresh(streams=StreamLimits(drain_seconds=0.2))
    with on_a_socket(app) as client, talking(client) as running:
        running.begin()
        app.state.runtime.drain()
        assert running.until("error")["code"] == "draining"
        assert running.hear() is None
    assert running.close == 1012


def test_the_open_stream_is_for_this_machine_unless_it_is_asked_for() -> None:
    assert fresh().state.settings.has_open_stream
    assert not fresh(host="0.0.0.0").state.settings.has_open_stream
    assert fresh(host="0.0.0.0", open_stream=True).state.settings.has_open_stream
    with on_a_socket(fresh(open_stream=False)) as client, pytest.raises(InvalidStatus), talking(client):
        pass


def test_our_own_mistake_closes_with_1011_and_tells_nothing(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def capture(self, *_: Any) -> Any:
            raise RuntimeError("secret")

    app = fresh(streams=PATIENT)
    with on_a_socket(app) as client:
        judge = app.state.runtime.streams.judge
        object.__setattr__(judge, "faces", Broken())
        with talking(client) as talker:
            talker.begin()
            talker.send(person(1)[0], at=0)
            assert talker.until("error")["code"] == "internal"
            assert talker.hear() is None
    assert talker.close == 1011
    assert not any("secret" in str(message) for message in talker.heard)
    assert "a stream failed" in caplog.text


class Backend:
    """A route as a session's is: its client hears the result alone."""

    def __init__(self, app: FastAPI) -> None:
        self.verdicts: list[Verdict] = []
        self.ends: list[StreamEnd] = []
        app.add_api_websocket_route("/session", self.run)
        app.add_api_websocket_route("/refused", self.refuse)

    async def run(self, websocket: WebSocket, runtime: RunningService) -> None:
        async def told(verdict: Verdict) -> None:
            self.verdicts.append(verdict)

        policy = StreamPolicy(channel="session", told=Told.RESULT)
        self.ends.append(await run_stream(websocket, runtime=runtime, policy=policy, on_outcome=told))

    async def refuse(self, websocket: WebSocket) -> None:
        self.ends.append(await refuse(websocket, Fault.TOKEN_USED, "this token was used before"))


@pytest.fixture(scope="module")
def backend(app: FastAPI) -> Backend:
    return Backend(app)


def test_a_sessions_client_hears_the_result_and_its_backend_the_verdict(
    patient: httpx.Client, backend: Backend
) -> None:
    with talking(patient, path="/session") as client:
        assert client.begin(trace=True)["trace"] is False
        pictures = iter(person(75))
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


def test_a_token_that_was_used_is_an_error_and_4409(patient: httpx.Client, backend: Backend) -> None:
    with talking(patient, path="/refused") as client:
        assert client.until("error")["code"] == "token_used"
        assert client.hear() is None
    assert client.close == 4409
    assert backend.ends[-1].close == 4409


def test_a_neighbour_that_sends_garbage_changes_nothing(patient: httpx.Client) -> None:
    with talking(patient) as good:
        good.begin()
        good.send_patiently(person(10))
        for _ in range(5):
            with talking(patient) as bad:
                bad.socket.send("?")
                bad.until("error")
        good.send_patiently(person(6))
        assert Talker(good.socket).finish()["type"] == "outcome"
