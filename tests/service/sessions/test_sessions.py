"""Sessions over HTTP: made once per Idempotency-Key, read by those who may, erased, limited."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.errors import StoreUnavailable
from service.keys import KeyRing, Scope
from service.settings import SessionRules
from tests.service import videos
from tests.service.serving import called_directly, fresh, on_a_socket
from tests.service.sessions.clients import create


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, str]]]:
    """A key file, and the headers of each of its keys."""
    path, ring, headers = tmp_path_factory.mktemp("keys") / "keys.json", KeyRing(), {}
    for who, name, scopes in (
        ("writer", "shop", {Scope.SESSIONS_WRITE}),
        ("reader", "shop", {Scope.RESULTS_READ}),
        ("checker", "shop", {Scope.LIVENESS_CHECK}),
        ("stranger", "bank", set(Scope)),
    ):
        ring, text = ring.with_new(name, frozenset(scopes))
        headers[who] = {"Authorization": f"Bearer {text}"}
    ring.write(path)
    return path, headers


@pytest.fixture(scope="module")
def client(keys: tuple[Path, dict[str, dict[str, str]]]) -> Iterator[httpx.Client]:
    with on_a_socket(fresh(keys_file=keys[0])) as each:
        yield each


@pytest.fixture(scope="module")
def headers(keys: tuple[Path, dict[str, dict[str, str]]]) -> dict[str, dict[str, str]]:
    return keys[1]


def refused(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def test_a_new_session_says_all_that_its_client_needs(
    client: httpx.Client, headers: dict[str, dict[str, str]]
) -> None:
    answer = client.post("/v1/sessions", headers=headers["writer"])
    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    address = str(client.base_url).replace("http", "ws").rstrip("/")
    assert made["ws_url"] == f"{address}/v1/sessions/{made['session_id']}/stream"
    assert made["client_token"].count(".") == 2
    assert made["policy"] == {
        "start_seconds": 180, "stream_seconds": 60, "resume_seconds": 10, "result_seconds": 900
    }  # fmt: skip
    seen = client.get(f"/v1/sessions/{made['session_id']}", headers=headers["reader"]).json()
    assert (seen["status"], seen["attempts"]) == ("CREATED", 0)
    assert seen["expires_at"] == made["expires_at"]


def test_each_scope_allows_its_part_only(client: httpx.Client, headers: dict[str, dict[str, str]]) -> None:
    url = f"/v1/sessions/{create(client, headers=headers['writer'])['session_id']}"
    assert refused(client.post("/v1/sessions")) == (401, "unauthorized")
    for who in ("reader", "checker"):
        assert refused(client.post("/v1/sessions", headers=headers[who])) == (403, "forbidden")
        assert refused(client.delete(url, headers=headers[who])) == (403, "forbidden")
    assert refused(client.get(url, headers=headers["checker"])) == (403, "forbidden")


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b'{"who": 1}'], ids=["cut off", "deep", "unknown"])
def test_a_strangers_body_is_not_looked_at(
    body: bytes, client: httpx.Client, headers: dict[str, dict[str, str]]
) -> None:
    sent = {"content": body, "headers": {"Content-Type": "application/json"}}
    assert refused(client.post("/v1/sessions", **sent)) == (401, "unauthorized")
    sent["headers"] |= headers["writer"]
    assert refused(client.post("/v1/sessions", **sent)) in {(400, "bad_request"), (413, "body_too_large")}


def test_a_session_is_asked_for_in_a_few_bytes(
    client: httpx.Client, headers: dict[str, dict[str, str]]
) -> None:
    asked = {"subject_ref": "ada", "device_ref": "x" * 9000}
    assert refused(client.post("/v1/sessions", json=asked, headers=headers["writer"])) == (
        413,
        "body_too_large",
    )
    wrong = client.post("/v1/sessions", json=asked | {"device_ref": ""}, headers=headers["writer"])
    assert refused(wrong) == (400, "bad_request")
    assert "body.device_ref: String should have at least 1 character" in wrong.json()["detail"]
    assert client.post("/v1/sessions", content=b"null", headers=headers["writer"]).status_code == 201


def test_somebody_elses_session_does_not_exist(
    client: httpx.Client, headers: dict[str, dict[str, str]]
) -> None:
    url = f"/v1/sessions/{create(client, headers=headers['writer'])['session_id']}"
    assert refused(client.get(url, headers=headers["stranger"])) == (404, "session_unknown")
    assert refused(client.delete(url, headers=headers["stranger"])) == (404, "session_unknown")
    assert client.get(url, headers=headers["reader"]).status_code == 200


def test_an_erased_session_is_gone(client: httpx.Client, headers: dict[str, dict[str, str]]) -> None:
    url = f"/v1/sessions/{create(client, headers=headers['writer'])['session_id']}"
    assert client.delete(url, headers=headers["writer"]).status_code == 204
    assert refused(client.get(url, headers=headers["reader"])) == (404, "session_unknown")
    assert refused(client.delete(url, headers=headers["writer"])) == (404, "session_unknown")


def test_the_same_key_and_body_give_the_same_session(
    client: httpx.Client, headers: dict[str, dict[str, str]]
) -> None:
    once = {"headers": headers["writer"] | {"Idempotency-Key": "one"}}
    made = create(client, json={"subject_ref": "anna"}, **once)
    assert create(client, json={"subject_ref": "anna"}, **once) == made
    other = client.post("/v1/sessions", json={"subject_ref": "bert"}, **once)
    assert refused(other) == (409, "idempotency_mismatch")
    elsewhere = {"headers": headers["stranger"] | {"Idempotency-Key": "one"}}
    assert create(client, json={"subject_ref": "anna"}, **elsewhere)["session_id"] != made["session_id"]


def test_an_erased_sessions_idempotency_key_makes_a_new_one(
    client: httpx.Client, headers: dict[str, dict[str, str]]
) -> None:
    once = {"headers": headers["writer"] | {"Idempotency-Key": "erased"}}
    made = create(client, **once)
    client.delete(f"/v1/sessions/{made['session_id']}", headers=headers["writer"])
    assert create(client, **once)["session_id"] != made["session_id"]


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'{"subject_ref": ""}', b'{"subject_ref": 1}', b'{"subjekt": "anna"}']
)
def test_another_body_than_the_api_asks_for_is_a_bad_request(
    body: bytes, client: httpx.Client, headers: dict[str, dict[str, str]]
) -> None:
    answer = client.post(
        "/v1/sessions", content=body, headers=headers["writer"] | {"Content-Type": "application/json"}
    )
    assert refused(answer) == (400, "bad_request")


def test_sessions_are_limited_per_subject_and_per_key_apart() -> None:
    async def use() -> None:
        app = fresh(sessions=SessionRules(per_ref=2, per_key=4))
        async with called_directly(app) as client:

            async def make(**body: str) -> httpx.Response:
                return await client.post("/v1/sessions", json=body)

            statuses = [(await make(subject_ref="anna")).status_code for _ in range(3)]
            assert statuses == [201, 201, 429]
            assert (await make(device_ref="anna")).status_code == 201
            limited = await make()
            assert (limited.status_code, limited.json()["code"]) == (429, "rate_limited")
            assert 0 < int(limited.headers["retry-after"]) <= 60

    asyncio.run(use())


def test_no_reference_is_kept_as_it_was_sent() -> None:
    async def use() -> None:
        app = fresh()
        async with called_directly(app) as client:
            await client.post("/v1/sessions", json={"subject_ref": "anna@example.org", "device_ref": "d-77"})
            kept = repr(vars(app.state.runtime.sessions.store))
        assert "session:" in kept
        assert "anna" not in kept
        assert "d-77" not in kept

    asyncio.run(use())


class Unreachable:
    """A store whose server was there at the start, and is away since."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        async def fails(*asked: object, **__: object) -> None:
            if name != "close" and asked != ("start",):
                raise StoreUnavailable("sessions cannot be reached just now; try again", retry_after=2)

        return fails


def test_without_its_store_the_service_makes_no_sessions_and_goes_on_judging_clips(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("service.sessions.opening.open_store", lambda _settings: Unreachable())

    async def use() -> None:
        async with called_directly(fresh()) as client:
            for answer in (
                await client.post("/v1/sessions"),
                await client.get("/v1/sessions/x"),
                await client.delete("/v1/sessions/x"),
                await client.post(
                    "/v1/liveness", content=videos.person(8), headers={"Idempotency-Key": "one"}
                ),
            ):
                assert refused(answer) == (503, "store_unavailable")
                assert answer.headers["retry-after"] == "2"
            assert (await client.post("/v1/liveness", content=videos.person(8))).status_code == 200
            assert (await client.get("/readyz")).status_code == 200

    asyncio.run(use())
