"""The session's WebSocket: each way to be refused with its code, and one stream for the one good token."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from socket import SHUT_RDWR
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from service.sessions.tokens import TokenRing, new_token_key
from service.settings import SessionRules
from tests.service.serving import fresh, on_a_socket
from tests.service.sessions.clients import HELLO, closing, create, ended, greeted, refusal, upgraded


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    rules = SessionRules(upgrades=8, per_ref=100, grace_seconds=2, watch_seconds=0.1)
    with on_a_socket(fresh(sessions=rules)) as each:
        yield each


def test_no_token_and_nonsense_are_invalid(client: httpx.Client) -> None:
    made = create(client)
    assert refusal(made["ws_url"], "x.y.z") == ("token_invalid", 4401)
    assert refusal(made["ws_url"], "x", kind="other") == ("token_invalid", 4401)


def test_another_services_token_is_invalid(client: httpx.Client) -> None:
    made = create(client)
    stranger = TokenRing([new_token_key()])
    token = stranger.sign(made["session_id"], "jti", expires=time.time() + 60)
    assert refusal(made["ws_url"], token) == ("token_invalid", 4401)


def test_another_sessions_token_is_out_of_scope(client: httpx.Client) -> None:
    one, other = create(client), create(client)
    assert refusal(one["ws_url"], other["client_token"]) == ("scope", 4403)


def test_an_erased_sessions_token_opens_nothing(client: httpx.Client) -> None:
    made = create(client)
    assert client.delete(f"/v1/sessions/{made['session_id']}").status_code == 204
    assert refusal(made["ws_url"], made["client_token"]) == ("unknown_session", 4404)


def test_a_used_token_is_refused_while_its_stream_runs_and_after(client: httpx.Client) -> None:
    made = create(client)
    with upgraded(made["ws_url"], made["client_token"]) as socket:
        greeted(socket)
        assert refusal(made["ws_url"], made["client_token"]) == ("token_used", 4409)
        assert status(client, made)["status"] == "IN_PROGRESS"
    assert refusal(made["ws_url"], made["client_token"]) == ("token_used", 4409)


def test_a_refused_upgrade_burns_nothing(client: httpx.Client) -> None:
    made, other = create(client), create(client)
    assert refusal(made["ws_url"], other["client_token"]) == ("scope", 4403)
    with upgraded(other["ws_url"], other["client_token"]) as socket:
        assert greeted(socket)["type"] == "ready"


def test_of_many_uses_of_one_token_at_once_one_is_let_in(client: httpx.Client) -> None:
    made = create(client)

    def use(_: int) -> str:
        with upgraded(made["ws_url"], made["client_token"]) as socket:
            with suppress(ConnectionClosed):  # whoever is refused hears it before it speaks
                socket.send(HELLO)
            said = json.loads(socket.recv(timeout=10))
            return str(said.get("code", said["type"]))

    with ThreadPoolExecutor(6) as pool:
        heard = list(pool.map(use, range(6)))
    assert heard.count("ready") == 1
    assert heard.count("token_used") == 5


def test_too_many_upgrades_of_a_session_are_refused_for_a_while(client: httpx.Client) -> None:
    made = create(client)
    with upgraded(made["ws_url"], made["client_token"]) as socket:
        greeted(socket)
        heard = [refusal(made["ws_url"], made["client_token"]) for _ in range(9)]
    assert heard.count(("token_used", 4409)) == 7
    assert heard[-1] == ("rate_limited", 4429)


def test_a_session_that_nobody_began_is_expired() -> None:
    with on_a_socket(fresh(sessions=SessionRules(start_seconds=0.3))) as client:
        made = create(client)
        time.sleep(0.4)
        assert status(client, made)["status"] == "EXPIRED"
        assert refusal(made["ws_url"], made["client_token"]) == ("expired", 4410)


def test_a_stream_that_ends_without_frames_has_no_bona_fide_verdict(client: httpx.Client) -> None:
    made = create(client)
    with upgraded(made["ws_url"], made["client_token"]) as socket:
        greeted(socket)
        socket.send(json.dumps({"type": "end"}))
        outcome = json.loads(socket.recv(timeout=10))
        assert outcome["type"] == "outcome"
        assert outcome["result"] == "retry"
        assert outcome.get("verdict") is None
        assert closing(socket) == 1000
    ended = status(client, made)
    assert (ended["status"], ended["outcome"], ended["attempts"]) == ("SUCCEEDED", "retry", 1)
    assert ended["verdict"]["decision"] == "undecided"
    assert "depth_maps" not in ended["verdict"]


def test_a_stream_that_breaks_the_protocol_fails_its_session(client: httpx.Client) -> None:
    made = create(client)
    with upgraded(made["ws_url"], made["client_token"]) as socket:
        socket.send("nonsense")
        assert closing(socket) == 4400
    assert (status(client, made)["status"], status(client, made)["reason"]) == ("FAILED", "closed_4400")


def test_a_lost_stream_goes_on_once_with_the_token_that_ready_gave(client: httpx.Client) -> None:
    made = create(client)
    with upgraded(made["ws_url"], made["client_token"]) as socket:
        token = greeted(socket)["resume_token"]
        socket.socket.shutdown(SHUT_RDWR)
    time.sleep(0.3)
    assert status(client, made)["status"] == "IN_PROGRESS"
    with upgraded(made["ws_url"], token, kind="resume") as again:
        assert greeted(again).get("resume_token") is None
        again.send(json.dumps({"type": "end"}))
        assert closing(again) == 1000
    assert (status(client, made)["status"], status(client, made)["attempts"]) == ("SUCCEEDED", 2)
    assert refusal(made["ws_url"], token, kind="resume") == ("token_used", 4409)


def test_a_lost_stream_that_another_replica_saw_begins_its_capture_anew(client: httpx.Client) -> None:
    made = create(client)
    with upgraded(made["ws_url"], made["client_token"]) as socket:
        token = greeted(socket)["resume_token"]
        with upgraded(made["ws_url"], token, kind="resume") as again:  # its loss was not noticed here
            greeted(again)
            again.send(json.dumps({"type": "end"}))
            assert closing(again) == 1000
    ended = status(client, made)
    assert (ended["status"], ended["attempts"]) == ("SUCCEEDED", 2)


def test_a_stream_whose_session_goes_on_in_another_is_cut(client: httpx.Client) -> None:
    made = create(client)
    with upgraded(made["ws_url"], made["client_token"]) as socket:
        token = greeted(socket)["resume_token"]
        with upgraded(made["ws_url"], token, kind="resume") as again:
            greeted(again)
            assert json.loads(socket.recv(timeout=10))["code"] == "expired"
            assert closing(socket) == 4410
            assert status(client, made)["status"] == "IN_PROGRESS"


def test_a_stream_that_another_took_over_tells_no_result_and_its_failure_counts() -> None:
    rules = SessionRules(failures=1, cool_down_seconds=60, watch_seconds=60)
    with on_a_socket(fresh(sessions=rules)) as client:
        made = create(client, json={"subject_ref": "anna"})
        with upgraded(made["ws_url"], made["client_token"]) as socket:
            token = greeted(socket)["resume_token"]
            with upgraded(made["ws_url"], token, kind="resume") as again:
                greeted(again)
                socket.send(json.dumps({"type": "end"}))
                said = json.loads(socket.recv(timeout=10))
                assert (said["type"], said["code"]) == ("error", "expired")
                assert closing(socket) == 4410
        assert ended(client, made)["reason"] == "closed_1000"
        assert client.post("/v1/sessions", json={"subject_ref": "anna"}).json()["code"] == "cooling_down"
        assert "liveness_results_lost_total 0.0" in client.get("/metrics").text


def test_an_erased_session_s_running_stream_is_cut(client: httpx.Client) -> None:
    made = create(client)
    with upgraded(made["ws_url"], made["client_token"]) as socket:
        greeted(socket)
        assert client.delete(f"/v1/sessions/{made['session_id']}").status_code == 204
        assert json.loads(socket.recv(timeout=10))["code"] == "session_erased"
        assert closing(socket) == 4404
    assert client.get(f"/v1/sessions/{made['session_id']}").status_code == 404
    assert "liveness_results_lost_total 0.0" in client.get("/metrics").text


def test_a_resume_token_begins_no_stream_and_a_client_token_resumes_none(client: httpx.Client) -> None:
    made = create(client)
    assert refusal(made["ws_url"], made["client_token"], kind="resume") == ("scope", 4403)
    with upgraded(made["ws_url"], made["client_token"]) as socket:
        token = greeted(socket)["resume_token"]
        assert refusal(made["ws_url"], token) == ("scope", 4403)


def test_after_the_failures_of_a_subject_it_has_to_wait() -> None:
    rules = SessionRules(failures=2, cool_down_seconds=60)
    with on_a_socket(fresh(sessions=rules)) as client:
        spare = create(client, json={"subject_ref": "anna"})
        for _ in range(2):
            made = create(client, json={"subject_ref": "anna"})
            with upgraded(made["ws_url"], made["client_token"]) as socket:
                greeted(socket)
                socket.send(json.dumps({"type": "end"}))
                closing(socket)
        refused = client.post("/v1/sessions", json={"subject_ref": "anna"})
        assert (refused.status_code, refused.json()["code"]) == (429, "cooling_down")
        assert 0 < int(refused.headers["retry-after"]) <= 60
        assert refusal(spare["ws_url"], spare["client_token"]) == ("rate_limited", 4429)
        create(client, json={"subject_ref": "bert"})


def status(client: httpx.Client, made: dict[str, Any]) -> dict[str, Any]:
    """The session as its backend sees it."""
    answer = client.get(f"/v1/sessions/{made['session_id']}")
    assert answer.status_code == 200, answer.text
    seen: dict[str, Any] = answer.json()
    return seen
