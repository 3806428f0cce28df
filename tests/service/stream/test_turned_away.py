"""Streams that the service ends or refuses: too many, draining, not on loopback, its own mistake."""

from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from service.stream.limits import StreamLimits
from tests.service.serving import fresh, on_a_socket
from tests.service.stream.counted import PATIENT
from tests.service.stream.talking import person, talking


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
