"""Every error that the API documents, produced through HTTP: its status, its code, its body, its headers."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from model.clip import Clip
from service.errors import LivenessError
from service.keys import KeyRing, Scope
from service.settings import SessionRules
from tests.service import videos
from tests.service.serving import called_directly, fresh, on_a_socket
from tests.service.sessions.clients import closing, create, greeted, upgraded
from tests.service.sessions.test_sessions import Unreachable
from tests.service.test_app import every_error
from tests.service.test_refusals import another_codec, four_k, problem, ten_minutes, truncated

VIDEO = {"Content-Type": "video/mp4"}
MAX_BYTES = 2_000_000


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """Strict about all that is counted."""
    rules = SessionRules(per_ref=2, failures=1)
    with on_a_socket(fresh(sessions=rules, upload_seconds=0.3, max_upload_bytes=MAX_BYTES)) as each:
        yield each


def upload(clip: Callable[[], bytes]) -> Callable[[httpx.Client], httpx.Response]:
    return lambda client: client.post("/v1/liveness", files={"clip": clip()})


def trickle(client: httpx.Client) -> httpx.Response:
    def slowly() -> Iterator[bytes]:
        for _ in range(30):
            yield b"x"
            time.sleep(0.05)

    return client.post("/v1/liveness", content=slowly(), headers=VIDEO)


def another_body(client: httpx.Client) -> httpx.Response:
    once = {"Idempotency-Key": "one"}
    create(client, json={"subject_ref": "a"}, headers=once)
    return client.post("/v1/sessions", json={"subject_ref": "b"}, headers=once)


def too_often(client: httpx.Client) -> httpx.Response:
    for _ in range(2):
        create(client, json={"device_ref": "d-1"})
    return client.post("/v1/sessions", json={"device_ref": "d-1"})


def after_a_failure(client: httpx.Client) -> httpx.Response:
    made = create(client, json={"device_ref": "d-2"})
    with upgraded(made["ws_url"], made["client_token"]) as socket:
        greeted(socket)
        socket.send('{"type": "end"}')
        closing(socket)
    return client.post("/v1/sessions", json={"device_ref": "d-2"})


OVER_A_SOCKET: dict[str, tuple[int, Callable[[httpx.Client], httpx.Response]]] = {
    "bad_request": (400, lambda client: client.post("/v1/liveness", files={"film": b"x"})),
    "empty_body": (400, lambda client: client.post("/v1/liveness")),
    "not_found": (404, lambda client: client.get("/v2/liveness")),
    "session_unknown": (404, lambda client: client.get("/v1/sessions/none")),
    "method_not_allowed": (405, lambda client: client.put("/v1/liveness")),
    "request_too_slow": (408, trickle),
    "idempotency_mismatch": (409, another_body),
    "body_too_large": (413, upload(lambda: bytes(MAX_BYTES + 1))),
    "unsupported_media": (415, upload(another_codec)),
    "unreadable_clip": (422, upload(truncated)),
    "clip_too_long": (422, upload(ten_minutes)),
    "picture_too_large": (422, upload(four_k)),
    "rate_limited": (429, too_often),
    "cooling_down": (429, after_a_failure),
}


def has_its_headers(answer: httpx.Response) -> bool:
    """What RFC 9110 and RFC 6750 want beside the body."""
    match answer.status_code:
        case 401 | 403:
            return answer.headers["www-authenticate"].startswith('Bearer realm="liveness"')
        case 405:
            return answer.headers["allow"] == "POST"
        case 408:
            return answer.headers["connection"] == "close"
        case 429 | 503:
            return int(answer.headers["retry-after"]) >= 1
        case _:
            return True


@pytest.mark.parametrize("code", OVER_A_SOCKET)
def test_a_request_gets_its_error(code: str, client: httpx.Client) -> None:
    status, ask = OVER_A_SOCKET[code]
    answer = ask(client)
    assert problem(answer) == (status, code)
    assert has_its_headers(answer)


def test_a_session_s_body_is_limited_too(client: httpx.Client) -> None:
    answer = client.post("/v1/sessions", content=bytes(MAX_BYTES + 1))
    assert problem(answer) == (413, "body_too_large")


class Decoder:
    """One that never ends, or breaks."""

    def __init__(self, fault: Exception | None = None) -> None:
        self._fault, self.begun = fault, asyncio.Event()

    async def decode(self, _data: bytes) -> Clip:
        self.begun.set()
        if self._fault is not None:
            raise self._fault
        await asyncio.Event().wait()
        raise AssertionError


async def without_a_key(folder: Path) -> httpx.Response:
    KeyRing().with_new("shop", frozenset(Scope))[0].write(folder / "keys.json")
    async with called_directly(fresh(keys_file=folder / "keys.json")) as client:
        return await client.post("/v1/liveness", content=b"x")


async def with_too_small_a_key(folder: Path) -> httpx.Response:
    ring, text = KeyRing().with_new("shop", frozenset({Scope.RESULTS_READ}))
    ring.write(folder / "keys.json")
    async with called_directly(fresh(keys_file=folder / "keys.json")) as client:
        return await client.post("/v1/sessions", headers={"Authorization": f"Bearer {text}"})


async def while_others_are_in_work(ask_again: dict[str, Any], *, pending: int) -> httpx.Response:
    app, stuck = fresh(max_pending=pending), Decoder()
    async with called_directly(app) as client:
        app.state.runtime.assessor.decoders = stuck
        headers = VIDEO | {"Idempotency-Key": "one"}
        first = asyncio.create_task(client.post("/v1/liveness", content=b"x", headers=headers))
        await stuck.begun.wait()
        answer = await client.post("/v1/liveness", content=b"x", headers=VIDEO | ask_again)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
    return answer


async def while_the_store_is_away(_: Path) -> httpx.Response:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("service.sessions.opening.open_store", lambda _settings: Unreachable())
        async with called_directly(fresh()) as client:
            return await client.post("/v1/sessions")


async def with_a_mistake_of_ours(_: Path) -> httpx.Response:
    app = fresh()
    async with called_directly(app) as client:
        app.state.runtime.assessor.decoders = Decoder(RuntimeError("secret"))
        return await client.post("/v1/liveness", content=b"x", headers=VIDEO)


async def too_late(_: Path) -> httpx.Response:
    async with called_directly(fresh(deadline_seconds=0.02)) as client:
        return await client.post("/v1/liveness", content=videos.person(), headers=VIDEO)


OF_A_SERVICE_OF_ITS_OWN: dict[str, tuple[int, Callable[[Path], Awaitable[httpx.Response]]]] = {
    "unauthorized": (401, without_a_key),
    "forbidden": (403, with_too_small_a_key),
    "idempotency_in_progress": (
        409, lambda _: while_others_are_in_work({"Idempotency-Key": "one"}, pending=2)
    ),
    "internal_error": (500, with_a_mistake_of_ours),
    "overloaded": (503, lambda _: while_others_are_in_work({}, pending=1)),
    "store_unavailable": (503, while_the_store_is_away),
    "deadline_exceeded": (504, too_late),
}  # fmt: skip


@pytest.mark.parametrize("code", OF_A_SERVICE_OF_ITS_OWN)
def test_a_service_in_trouble_gives_its_error(code: str, tmp_path: Path) -> None:
    status, ask = OF_A_SERVICE_OF_ITS_OWN[code]

    async def answered() -> httpx.Response:
        return await ask(tmp_path)

    answer = asyncio.run(answered())
    assert problem(answer) == (status, code)
    assert has_its_headers(answer)
    assert "secret" not in answer.text


def test_no_error_is_left_out() -> None:
    produced = {code: status for code, (status, _) in (OVER_A_SOCKET | OF_A_SERVICE_OF_ITS_OWN).items()}  # type: ignore[operator]
    documented = {error.code: error.status for error in (LivenessError, *every_error())}
    assert produced == documented | {"not_found": 404, "method_not_allowed": 405}
