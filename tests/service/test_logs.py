"""One JSON object a line."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from service.logs import REQUEST_ID, log_as_json
from tests.service.log_watch import LogWatch


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    log_as_json("info", stream)
    yield stream
    root.handlers[:], root.level = before, level


def test_a_line_holds_its_fields_and_the_requests_id(stream: io.StringIO) -> None:
    token = REQUEST_ID.set("r-1")
    logging.getLogger("some.where").warning("ended %s", "it", extra={"reason": "wall_clock"})
    REQUEST_ID.reset(token)
    line = json.loads(stream.getvalue())
    assert {**line, "time": None} == {
        "time": None, "level": "warning", "logger": "some.where", "message": "ended it",
        "request_id": "r-1", "reason": "wall_clock",
    }  # fmt: skip


def test_what_a_client_typed_cannot_make_a_line_of_its_own(stream: io.StringIO) -> None:
    logging.getLogger("x").info('a\n{"level": "error"}')
    assert len(stream.getvalue().splitlines()) == 1


def test_a_fault_comes_with_its_trace(stream: io.StringIO) -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        logging.getLogger("x").exception("failed")
    assert "ValueError: broken" in json.loads(stream.getvalue())["exception"]


@pytest.mark.parametrize(
    "said",
    [
        "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzZXNzaW9uIn0.c2lnbmF0dXJl",
        "key lvk_0123456789ab_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0",
        "picture /9j/4AAQSkZJRgABAQ",
        "picture data:image/jpeg;base64,",
        "landmarks [0.51, 0.52, -0.03, 0.49, 0.47]",
    ],
)
def test_the_watch_over_all_tests_logs_notices_what_may_not_be_said(said: str) -> None:
    watch = LogWatch()
    watch.handle(logging.makeLogRecord({"name": "service", "msg": said}))
    assert len(watch.telling) == 1


def test_the_watch_is_silent_on_an_ordinary_line() -> None:
    watch = LogWatch()
    said = {
        "msg": "answered",
        "endpoint": "/v1/liveness",
        "status": 200,
        "ms": 812,
        "session": "jRk7KRBbFsAMxeP-Xu_GIw",
    }
    watch.handle(logging.makeLogRecord({"name": "service"} | said))
    assert (watch.lines, watch.telling) == (1, [])
