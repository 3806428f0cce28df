"""A client that is lost, on purpose or not, while its verdict is on the way to a slow store."""

import json
from socket import SHUT_RDWR
from typing import Any

import httpx
import pytest

from service.settings import SessionRules
from tests.service.sessions.clients import create, ended, greeted, refusal, upgraded
from tests.service.sessions.slow_store import KEEPING, MARKING, SlowStore, served
from tests.service.stream.counted import eventually

WAIT_SECONDS = 10
ONE_FAILURE = {"sessions": SessionRules(failures=1)}


def lost_meanwhile(client: httpx.Client, store: SlowStore, made: dict[str, Any]) -> str:
    """The resume token of a stream that ended before its verdict was kept."""
    with upgraded(made["ws_url"], made["client_token"]) as socket:
        token: str = greeted(socket)["resume_token"]
        socket.send(json.dumps({"type": "end"}))
        assert store.asked.wait(WAIT_SECONDS)
        socket.socket.shutdown(SHUT_RDWR)
    assert eventually(client, "liveness_sessions_active", 0)
    return token


@pytest.mark.parametrize("step", [MARKING, KEEPING])
def test_the_verdict_of_a_client_that_is_lost_is_kept_and_counts(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SlowStore(step)
    with served(store, monkeypatch, **ONE_FAILURE) as client:
        made = create(client, json={"subject_ref": "anna"})
        lost_meanwhile(client, store, made)
        store.may_answer.set()
        seen = ended(client, made)
        assert (seen["status"], seen["outcome"], seen["attempts"]) == ("SUCCEEDED", "retry", 1)
        assert seen["verdict"]["signals"]["seen_before"] is False
        assert client.post("/v1/sessions", json={"subject_ref": "anna"}).json()["code"] == "cooling_down"
        assert "liveness_results_lost_total 0.0" in client.get("/metrics").text


def test_who_left_its_verdict_behind_does_not_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    store = SlowStore(KEEPING)
    with served(store, monkeypatch, **ONE_FAILURE) as client:
        made = create(client)
        token = lost_meanwhile(client, store, made)
        assert refusal(made["ws_url"], token, kind="resume") == ("expired", 4410)
        store.may_answer.set()
        assert ended(client, made)["attempts"] == 1
        assert refusal(made["ws_url"], token, kind="resume") == ("token_invalid", 4401)
