"""Every fault of a stream, produced over a WebSocket: its code, a sentence, and the close code behind it."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from websockets.exceptions import ConnectionClosed

from service.settings import SessionRules
from service.stream.closes import CLOSE_OF, Close, Fault
from service.stream.limits import StreamLimits
from tests.service.serving import fresh, on_a_socket
from tests.service.sessions.clients import create
from tests.service.stream.counted import PATIENT
from tests.service.stream.script import frame, jpeg
from tests.service.stream.talking import Talker, talking

Said = dict[str, Any]


@dataclass
class Service:
    app: FastAPI
    client: httpx.Client

    @contextmanager
    def faces(self, find: Callable[..., Any]) -> Iterator[None]:
        """Looks for faces in another way meanwhile."""
        judge = self.app.state.runtime.streams.judge
        before = judge.faces

        class Faces:
            def capture(self, _timeline: object) -> Any:
                return self

            async def find(self, picture: object) -> Any:
                return await find(picture)

        object.__setattr__(judge, "faces", Faces())
        try:
            yield
        finally:
            object.__setattr__(judge, "faces", before)


def served(limits: StreamLimits) -> Iterator[Service]:
    rules = SessionRules(upgrades=4, watch_seconds=0.1)
    app = fresh(streams=limits, sessions=rules)
    with on_a_socket(app) as client:
        yield Service(app, client)


@pytest.fixture(scope="module")
def patient() -> Iterator[Service]:
    yield from served(replace(PATIENT, credit=1))


@pytest.fixture(scope="module")
def strict() -> Iterator[Service]:
    yield from served(replace(PATIENT, idle_seconds=2, max_fps=1))


@pytest.fixture(scope="module")
def full() -> Iterator[Service]:
    yield from served(StreamLimits(max_streams=0))


def fault_of(talker: Talker) -> tuple[Said, int | None]:
    """The error, and the close code behind it."""
    said = talker.until("error")
    assert talker.hear() is None
    return said, talker.close


def told(
    service: Service, *messages: str | bytes, greeted: bool = True, **connection: Any
) -> tuple[Said, int | None]:
    with talking(service.client, **connection) as talker:
        if greeted:
            talker.begin()
        with suppress(ConnectionClosed):  # as soon as the service has heard enough
            for message in messages:
                talker.socket.send(message)
        return fault_of(talker)


def no_credit(service: Service) -> tuple[Said, int | None]:
    """One frame is judged for ever, the next waits, and there is no credit for a third."""

    async def never(_: object) -> None:
        await asyncio.Event().wait()

    frames = [frame(i, 40_000 * i) for i in range(8)]
    with service.faces(never):
        return told(service, *frames)


def our_mistake(service: Service) -> tuple[Said, int | None]:
    async def breaks(_: object) -> None:
        raise RuntimeError("secret")

    with service.faces(breaks):
        return told(service, frame(0, 0))


def too_fast(service: Service) -> tuple[Said, int | None]:
    with talking(service.client) as talker:
        talker.begin()
        for i in range(17):
            talker.socket.send(frame(i, 40_000 * i))
            if talker.until_any("ack", "error")["type"] == "error":
                assert talker.hear() is None
                return talker.heard[-1], talker.close
    raise AssertionError("as many as you like")


def draining(service: Service) -> tuple[Said, int | None]:
    service.app.state.runtime.drain()
    return told(service, greeted=False)


def at_a_session(service: Service, made: Said, *protocols: str) -> tuple[Said, int | None]:
    path = f"/v1/sessions/{made['session_id']}/stream"
    with talking(service.client, *protocols, path=path) as talker:
        return fault_of(talker)


def another_sessions(service: Service) -> tuple[Said, int | None]:
    one, other = create(service.client), create(service.client)
    return at_a_session(service, one, f"token.{other['client_token']}")


def of_an_erased_one(service: Service) -> tuple[Said, int | None]:
    made = create(service.client)
    service.client.delete(f"/v1/sessions/{made['session_id']}")
    return at_a_session(service, made, f"token.{made['client_token']}")


def while_it_runs(
    service: Service, then: Callable[[Said], tuple[Said, int | None] | None]
) -> tuple[Said, int | None]:
    made = create(service.client)
    path = f"/v1/sessions/{made['session_id']}/stream"
    with talking(service.client, f"token.{made['client_token']}", path=path) as talker:
        talker.begin()
        return then(made) or fault_of(talker)


def erased(service: Service) -> tuple[Said, int | None]:
    def erase(made: Said) -> None:
        service.client.delete(f"/v1/sessions/{made['session_id']}")

    return while_it_runs(service, erase)


def used(service: Service) -> tuple[Said, int | None]:
    return while_it_runs(service, lambda made: at_a_session(service, made, f"token.{made['client_token']}"))


def too_often(service: Service) -> tuple[Said, int | None]:
    made = create(service.client)
    resume = service.app.state.runtime.sessions.desk.tokens.sign(
        made["session_id"], "none", expires=time.time() + 60
    )
    heard = [at_a_session(service, made, f"token.{resume}") for _ in range(5)]
    assert [said["code"] for said, _ in heard[:4]] == ["token_invalid"] * 4
    return heard[4]


FAULTS: dict[Fault, tuple[str, Callable[[Service], tuple[Said, int | None]]]] = {
    Fault.NOT_A_MESSAGE: ("patient", lambda s: told(s, "?")),
    Fault.UNEXPECTED: ("patient", lambda s: told(s, frame(0, 0), greeted=False)),
    Fault.VERSION: ("patient", lambda s: told(s, greeted=False, protocol="chat")),
    Fault.BAD_HEADER: ("patient", lambda s: told(s, bytes(100))),
    Fault.BAD_PICTURE: ("patient", lambda s: told(s, frame(0, 0, b"no picture"))),
    Fault.PICTURE_TOO_LARGE: ("patient", lambda s: told(s, frame(0, 0, jpeg(2000, 1100)))),
    Fault.MESSAGE_TOO_LARGE: ("patient", lambda s: told(s, "x" * 5000)),
    Fault.SEQUENCE: ("patient", lambda s: told(s, frame(1, 0), frame(1, 40_000))),
    Fault.CAPTURE_TIME: ("patient", lambda s: told(s, frame(0, 40_000), frame(1, 40_000))),
    Fault.NO_CREDIT: ("patient", no_credit),
    Fault.TOO_FAST: ("strict", too_fast),
    Fault.TIMEOUT: ("strict", lambda s: told(s)),
    Fault.OVERLOADED: ("full", lambda s: told(s, greeted=False)),
    Fault.DRAINING: ("full", draining),  # after it nothing else happens there
    Fault.INTERNAL: ("patient", our_mistake),
    Fault.TOKEN_INVALID: ("patient", lambda s: at_a_session(s, create(s.client), "token.x.y.z")),
    Fault.SCOPE: ("patient", another_sessions),
    Fault.UNKNOWN_SESSION: ("patient", of_an_erased_one),
    Fault.SESSION_ERASED: ("patient", erased),
    Fault.TOKEN_USED: ("patient", used),
    Fault.EXPIRED: ("patient", lambda s: told_of_resuming(s)),
    Fault.RATE_LIMITED: ("patient", too_often),
}


def told_of_resuming(service: Service) -> tuple[Said, int | None]:
    with talking(service.client, "resume.nothing") as talker:
        return fault_of(talker)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_stream_that_fails_says_why_and_is_closed_with_its_code(
    fault: Fault, request: pytest.FixtureRequest
) -> None:
    name, provoke = FAULTS[fault]
    said, close = provoke(request.getfixturevalue(name))
    assert (said["code"], said["fatal"], close) == (fault, True, CLOSE_OF[fault])
    assert said["message"]
    assert "secret" not in said["message"]
    assert (said["retry_after"] or 0) >= (fault in (Fault.OVERLOADED, Fault.RATE_LIMITED))


def test_a_stream_that_ends_well_is_closed_with_1000(patient: Service) -> None:
    with talking(patient.client) as talker:
        talker.begin()
        assert talker.finish()["result"] == "retry"
    assert talker.close == Close.DONE


def test_no_fault_and_no_close_code_is_left_out() -> None:
    assert FAULTS.keys() == set(Fault)
    assert {CLOSE_OF[fault] for fault in FAULTS} | {Close.DONE} == set(Close)
