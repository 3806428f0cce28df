"""Sessions and errors as the client gives them, against a running service."""

import asyncio
from pathlib import Path

import httpx
import pytest

from service.client import (
    AsyncLivenessClient,
    ClipRejected,
    Forbidden,
    IdempotencyMismatch,
    LivenessClient,
    ServiceRefused,
    SessionUnknown,
    Unauthorized,
)
from service.client.errors import BY_CODE
from service.errors import LivenessError
from service.keys import KeyRing, Scope
from service.stream.limits import StreamLimits
from tests.service.serving import fresh, on_a_socket
from tests.service.stream.test_client import film
from tests.service.test_app import every_error

# A busy machine is not what these tests are about.
PATIENT = StreamLimits(late_seconds=60, max_lag_seconds=60, max_seconds=600, idle_seconds=60)


def test_every_code_that_the_service_refuses_with_has_a_class() -> None:
    """The client may be newer than the service, and know more."""
    assert BY_CODE.keys() >= {error.code for error in every_error()} - {LivenessError.code}


def test_a_session_is_made_streamed_read_and_erased() -> None:
    with on_a_socket(fresh(streams=PATIENT)) as service, LivenessClient(str(service.base_url)) as client:
        made = client.create_session(subject_ref="ada", device_ref="phone")
        assert client.read_session(made.session_id).status == "CREATED"
        told = client.stream(film(8), size=(320, 240), fps=25, path=made.ws_url, token=made.client_token)
        result = client.read_session(made.session_id)
        client.erase_session(made.session_id)
        with pytest.raises(SessionUnknown):
            client.read_session(made.session_id)
    assert told.verdict is None, "a session's client is told the result alone"
    assert (result.status, result.outcome, result.attempts) == ("SUCCEEDED", told.result, 1)
    assert result.is_over
    assert result.verdict is not None
    assert result.verdict.decision == "undecided"


def test_the_same_idempotency_key_gives_the_same_session_and_no_other_body_may_use_it(
    service: httpx.Client,
) -> None:
    async def use() -> None:
        async with AsyncLivenessClient(str(service.base_url)) as client:
            first = await client.create_session(subject_ref="ada", idempotency_key="order-7")
            again = await client.create_session(subject_ref="ada", idempotency_key="order-7")
            assert again.session_id == first.session_id
            with pytest.raises(IdempotencyMismatch):
                await client.create_session(subject_ref="eve", idempotency_key="order-7")

    asyncio.run(use())


def test_a_token_is_not_shown_where_a_session_is_printed(service: httpx.Client) -> None:
    with LivenessClient(str(service.base_url)) as client:
        made = client.create_session()
    assert made.client_token not in repr(made)


def test_the_model_is_described(service: httpx.Client) -> None:
    with LivenessClient(str(service.base_url)) as client:
        assert client.model()["card"]["name"]


def test_errors_are_told_apart_by_their_class_and_name_the_request(service: httpx.Client) -> None:
    with LivenessClient(str(service.base_url)) as client, pytest.raises(ClipRejected) as refused:
        client.check(b"a text")
    assert refused.value.code == "unsupported_media"
    assert len(refused.value.request_id) == 32


def test_a_key_that_is_missing_or_too_weak_is_an_error_of_its_own(tmp_path: Path) -> None:
    ring, text = KeyRing().with_new("shop", frozenset({Scope.SESSIONS_WRITE}), expires=None)
    ring.write(tmp_path / "keys.json")
    with on_a_socket(fresh(keys_file=tmp_path / "keys.json")) as service:
        url = str(service.base_url)
        with LivenessClient(url) as client, pytest.raises(Unauthorized):
            client.create_session()
        with LivenessClient(url, api_key=text) as client, pytest.raises(Forbidden):
            client.check(b"x")


@pytest.mark.parametrize("path", ["/healthz", "/docs"])
def test_what_no_liveness_service_says_is_an_error_too(service: httpx.Client, path: str) -> None:
    with LivenessClient(f"{service.base_url}{path}") as client, pytest.raises(ServiceRefused):
        client.model()
