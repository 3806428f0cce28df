"""What is asked again, and what is not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.client import ClientError, ConnectionLost, LivenessClient, Retries, ServiceRefused, Unavailable
from service.client.calls import refusal
from service.client.errors import BY_CODE
from tests.service import videos
from tests.service.client.lossy import bad_gateway, losing_answers
from tests.service.serving import fresh, on_a_socket

AT_ONCE = Retries(first_wait=0.01)


def refused(code: str, retry_after: int | None = None) -> ServiceRefused:
    return BY_CODE[code](503, code, "", retry_after)


def by_a_proxy(status: int, retry_after: str | None = None) -> ServiceRefused:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return refusal(httpx.Response(status, html="<h1>Bad Gateway</h1>", headers=headers))


@pytest.mark.parametrize(
    ("error", "repeatable", "again"),
    [
        (refused("overloaded"), False, True),
        (refused("store_unavailable"), False, True),
        (refused("rate_limited", 1), False, True),
        (refused("cooling_down", 1), True, False),
        (refused("deadline_exceeded"), True, False),
        (refused("idempotency_in_progress", 1), True, True),
        (refused("idempotency_in_progress", 1), False, False),
        (refused("idempotency_mismatch"), True, False),
        (refused("unreadable_clip"), True, False),
        (refused("unauthorized"), True, False),
        (ConnectionLost(""), True, True),
        (ConnectionLost(""), False, False),
        (by_a_proxy(502), True, True),
        (by_a_proxy(503), True, True),
        (by_a_proxy(504), True, True),
        (by_a_proxy(502), False, False),
        (by_a_proxy(503), False, False),
        (by_a_proxy(504), False, False),
        (by_a_proxy(500), True, False),
        (by_a_proxy(404), True, False),
    ],
)
def test_only_what_cannot_be_done_twice_is_asked_again(
    error: ClientError, repeatable: bool, again: bool
) -> None:
    assert (Retries().wait_for(1, error, repeatable=repeatable) is not None) is again


@given(attempt=st.integers(1, 9), asked=st.integers(0, 10))
def test_it_waits_at_least_as_long_as_the_service_asks_and_never_longer_than_both_limits(
    attempt: int, asked: int
) -> None:
    rule = Retries(attempts=10)
    wait = rule.wait_for(attempt, refused("overloaded", asked), repeatable=True)
    assert wait is not None
    assert asked < wait <= asked + rule.longest_wait


@pytest.mark.parametrize(("said", "seconds"), [("7", 7), ("soon", None), (None, None)])
def test_a_proxy_s_wish_to_wait_is_heard(said: str | None, seconds: int | None) -> None:
    error = by_a_proxy(503, said)
    wait = Retries().wait_for(1, error, repeatable=True)
    assert error.retry_after == seconds
    assert wait is not None
    assert (seconds or 0) < wait <= (seconds or 0) + Retries().first_wait


def test_a_proxy_s_wish_to_wait_may_be_a_date() -> None:
    in_a_minute = datetime.now(UTC) + timedelta(seconds=60)
    error = by_a_proxy(503, format_datetime(in_a_minute, usegmt=True))
    assert error.retry_after is not None
    assert 50 < error.retry_after <= 60
    assert by_a_proxy(503, "Mon, 01 Jan 2001 00:00:00 GMT").retry_after == 0


def test_who_is_asked_to_wait_long_is_told_at_once() -> None:
    assert Retries(longest_wait=5).wait_for(1, refused("rate_limited", 60), repeatable=True) is None


def test_the_last_attempt_is_the_last() -> None:
    rule = Retries(attempts=2)
    assert rule.wait_for(1, refused("overloaded"), repeatable=True) is not None
    assert rule.wait_for(2, refused("overloaded"), repeatable=True) is None


def counted(client: httpx.Client, series: str) -> float:
    lines = client.get("/metrics").text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(series))


@pytest.mark.parametrize(
    ("ask", "done"),
    [
        (lambda client: client.check(videos.person(8)), "liveness_decisions_total"),
        (lambda client: client.create_session(subject_ref="one"), "liveness_sessions_created_total"),
    ],
)
def test_where_an_answer_is_lost_it_is_asked_for_again_and_the_work_is_done_once(
    ask: Callable[[LivenessClient], object], done: str
) -> None:
    with on_a_socket(fresh()) as service:
        port = service.base_url.port
        assert port is not None
        with (
            losing_answers(port, answers=1) as lossy,
            LivenessClient(f"http://127.0.0.1:{lossy}", retries=AT_ONCE) as client,
        ):
            assert ask(client)
        assert counted(service, done) == 1


def test_without_retries_a_lost_answer_is_a_lost_connection(service: httpx.Client) -> None:
    port = service.base_url.port
    assert port is not None
    with (
        losing_answers(port, answers=1) as lossy,
        LivenessClient(f"http://127.0.0.1:{lossy}", retries=Retries(attempts=1)) as client,
        pytest.raises(ConnectionLost),
    ):
        client.check(videos.person(8))


def test_depth_maps_which_the_service_never_keeps_are_not_asked_for_twice(service: httpx.Client) -> None:
    port = service.base_url.port
    assert port is not None
    with (
        losing_answers(port, answers=1) as lossy,
        LivenessClient(f"http://127.0.0.1:{lossy}", retries=AT_ONCE) as client,
    ):
        with pytest.raises(ConnectionLost):
            client.check(videos.person(8), depth_maps=True)
        assert "depth_maps" in client.check(videos.person(8), depth_maps=True).document


@pytest.mark.parametrize("status", [502, 503, 504])
@pytest.mark.parametrize(
    "ask", [lambda client: client.check(videos.person(8)), lambda client: client.model()], ids=["key", "GET"]
)
def test_behind_a_proxy_that_finds_no_service_for_a_moment_the_same_request_is_sent_again(
    service: httpx.Client, status: int, ask: Callable[[LivenessClient], object]
) -> None:
    port = service.base_url.port
    assert port is not None
    with (
        losing_answers(port, answers=1, instead=bad_gateway(status)) as proxy,
        LivenessClient(f"http://127.0.0.1:{proxy}", retries=AT_ONCE) as client,
    ):
        assert ask(client)


def test_what_a_proxy_may_have_passed_on_is_not_asked_for_twice_without_a_key(service: httpx.Client) -> None:
    port = service.base_url.port
    assert port is not None
    with (
        losing_answers(port, answers=1, instead=bad_gateway(502)) as proxy,
        LivenessClient(f"http://127.0.0.1:{proxy}", retries=AT_ONCE) as client,
        pytest.raises(ServiceRefused) as refused,
    ):
        client.check(videos.person(8), depth_maps=True)
    assert (refused.value.status, refused.value.code) == (502, "not_the_service")


def test_a_service_that_stays_busy_is_told_as_such() -> None:
    app = fresh()
    with on_a_socket(app) as service, LivenessClient(str(service.base_url), retries=Retries(1)) as client:
        app.state.runtime.drain()
        with pytest.raises(Unavailable) as refusal:
            client.check(videos.person(8))
    assert (refusal.value.code, refusal.value.retry_after) == ("overloaded", 1)
