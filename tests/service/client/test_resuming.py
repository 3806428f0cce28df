"""A stream whose connection is lost: how long it is taken up again, and what it says then."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import httpx
import pytest

from model.verdict import Judgement
from service.client import (
    ConnectionLost,
    Event,
    LivenessClient,
    Outcome,
    Progress,
    Ready,
    StreamRefused,
    streams,
)
from service.stream.judging import FrameJudge
from tests.service.client.outages import Network, network_to
from tests.service.serving import fresh, on_a_socket
from tests.service.stream.counted import PATIENT, eventually
from tests.service.stream.talking import talking
from tests.service.stream.test_client import film


@pytest.fixture(scope="module")
def service() -> Iterator[httpx.Client]:
    with on_a_socket(fresh(streams=PATIENT)) as client:
        yield client


def streamed(
    network: Network, outage: Callable[[], object], heard: list[Event] | None = None, **session: str
) -> Outcome:
    """A stream whose connection suffers the outage at its first progress."""
    seen = heard if heard is not None else []

    def listen(event: Event) -> None:
        first = isinstance(event, Progress) and not any(isinstance(each, Progress) for each in seen)
        seen.append(event)
        if first:
            outage()

    with LivenessClient(network.url) as client:
        return client.stream(film(25), size=(320, 240), fps=25, listen=listen, **session)


@pytest.mark.parametrize("breaks", [Network.cut, Network.hush], ids=["refused", "silent"])
def test_a_network_that_is_back_after_seconds_costs_no_stream(
    service: httpx.Client, breaks: Callable[[Network], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "_TRY_SECONDS", 1.0)  # an answer that does not come
    heard: list[Event] = []
    with network_to(service.base_url.port) as network:

        def outage() -> None:
            breaks(network)
            threading.Timer(2.5, network.mend).start()

        outcome = streamed(network, outage, heard)
    assert outcome.verdict is not None
    assert sum(isinstance(event, Ready) for event in heard) == 2
    assert outcome.verdict.document["frames"]["received"] > 13, "what was seen before is not forgotten"


def test_a_network_that_does_not_come_back_within_nine_seconds_is_a_lost_connection(
    service: httpx.Client,
) -> None:
    lost: list[float] = []
    with network_to(service.base_url.port) as network:

        def outage() -> None:
            network.cut()
            lost.append(time.monotonic())

        with pytest.raises(ConnectionLost, match="does not answer"):
            streamed(network, outage)
    assert 7.5 < time.monotonic() - lost[0] < 12


def test_a_session_that_was_erased_meanwhile_is_refused_at_once(service: httpx.Client) -> None:
    """The first try that reaches the service is the last."""
    made = service.post("/v1/sessions").json()
    token, path = made["client_token"], f"/v1/sessions/{made['session_id']}/stream"
    with network_to(service.base_url.port) as network:

        def outage() -> None:
            network.cut()
            service.delete(f"/v1/sessions/{made['session_id']}")
            network.mend()

        with pytest.raises(StreamRefused) as refused:
            streamed(network, outage, path=path, token=token)
        assert network.upgrades == 2
    assert (refused.value.code, refused.value.close) == ("unknown_session", 4404)


def test_a_service_that_is_full_for_a_moment_is_asked_again() -> None:
    limits = replace(PATIENT, max_streams=1)
    with on_a_socket(fresh(streams=limits)) as service, network_to(service.base_url.port) as network:

        def outage() -> None:
            network.cut()
            assert eventually(service, "liveness_sessions_active", 0)
            threading.Thread(target=another, daemon=True).start()
            assert eventually(service, "liveness_sessions_active", 1)
            network.mend()

        def another() -> None:
            with talking(service) as guest:
                guest.begin()
                assert eventually(service, 'liveness_rejected_total{reason="overloaded"}', 1)

        assert streamed(network, outage).verdict is not None
        assert network.upgrades == 3


def test_a_stream_that_was_resumed_once_is_not_resumed_again(service: httpx.Client) -> None:
    heard: list[Event] = []
    with network_to(service.base_url.port) as network:

        def break_twice() -> None:
            network.cut()
            threading.Timer(0.1, network.mend).start()
            threading.Thread(target=break_again, daemon=True).start()

        def break_again() -> None:
            while sum(isinstance(event, Ready) for event in heard) < 2:
                time.sleep(0.02)
            network.cut()
            network.mend()

        with pytest.raises(ConnectionLost, match="broke"):
            streamed(network, break_twice, heard)
        assert network.upgrades == 2


def test_a_listener_that_fails_is_no_lost_connection(service: httpx.Client) -> None:
    def outage() -> None:
        raise OSError("disk full")

    with network_to(service.base_url.port) as network:
        with pytest.raises(OSError, match="disk full"):
            streamed(network, outage)
        assert network.upgrades == 1


def test_the_end_is_said_again_where_the_connection_is_lost_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service hears `end`, and its client is lost before the verdict is there."""
    judged, heard_end = FrameJudge.judgement, threading.Event()

    async def never_at_first(self: FrameJudge, *args: object, **more: bool) -> Judgement:
        if not heard_end.is_set():
            network.cut()
            heard_end.set()
            network.mend()
            await asyncio.Event().wait()
        return await judged(self, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(FrameJudge, "judgement", never_at_first)
    limits = replace(PATIENT, idle_seconds=3)
    with on_a_socket(fresh(streams=limits)) as service, network_to(service.base_url.port) as network:
        with LivenessClient(network.url) as client:
            outcome = client.stream(film(8), size=(320, 240), fps=25)
        assert network.upgrades == 2
    assert heard_end.is_set()
    assert outcome.result == "retry"
