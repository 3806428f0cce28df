"""Requests that trickle, over raw sockets: cut with 408 and a problem document, and in no one's way."""

import json
import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.service import videos
from tests.service.serving import fresh, on_a_socket

SECONDS = 0.6  # that headers and slow bodies have
HEAD = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: 90000\r\n\r\n"


@pytest.fixture(scope="module")
def service() -> Iterator[httpx.Client]:
    with on_a_socket(fresh(upload_seconds=SECONDS, max_pending=1)) as client:
        yield client


def trickled(client: httpx.Client, head: bytes, *, piece: bytes = b"x", most: float = 20) -> bytes:
    """Everything that the service says to somebody who sends `head` and then a piece every 50 ms."""
    said, end = b"", time.monotonic() + most
    with socket.create_connection((client.base_url.host, client.base_url.port or 80), timeout=0.05) as raw:
        raw.sendall(head)
        while time.monotonic() < end:
            try:
                data = raw.recv(65536)
            except TimeoutError:
                raw.sendall(piece)
                continue
            except ConnectionError:
                return said
            if not data:
                return said
            said += data
    raise AssertionError(f"the connection was never cut, but heard {said!r}")


def problem_of(said: bytes) -> dict[str, str | int]:
    head, _, body = said.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in head
    assert b"connection: close" in head.lower()
    document: dict[str, str | int] = json.loads(body)
    assert str(document["request_id"]).encode() in head
    return document


@pytest.mark.parametrize(
    ("path", "kind"), [(b"/v1/liveness", b"video/mp4"), (b"/v1/sessions", b"application/json")]
)
def test_a_body_that_trickles_is_cut(service: httpx.Client, path: bytes, kind: bytes) -> None:
    document = problem_of(trickled(service, HEAD % (path, kind)))
    assert (document["status"], document["code"]) == (408, "request_too_slow")
    counted = 'liveness_rejected_total{reason="request_too_slow"}'
    assert counted in service.get("/metrics").text
    assert service.post("/v1/liveness", files={"clip": videos.person(8)}).status_code == 200


def test_headers_that_trickle_are_cut(service: httpx.Client) -> None:
    said = trickled(service, b"POST /v1/liveness HTTP/1.1\r\nX-Slow: ")
    assert problem_of(said)["code"] == "request_too_slow"


def test_the_headers_of_a_second_request_have_no_more_time(service: httpx.Client) -> None:
    said = trickled(service, b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\nGET /livez HTTP/1.1\r\nX-Slow: ")
    assert said.startswith(b"HTTP/1.1 200 ")
    assert said.count(b"HTTP/1.1 408 ") == 1


def test_who_says_nothing_is_cut_without_a_word(service: httpx.Client) -> None:
    assert trickled(service, b"", piece=b"") == b""


def test_what_follows_a_refusal_is_not_read_for_ever(service: httpx.Client) -> None:
    said = trickled(service, HEAD % (b"/v2/nowhere", b"video/mp4"))
    assert said.startswith(b"HTTP/1.1 404 ")


def test_a_slow_body_that_is_fast_enough_is_served() -> None:
    clip = videos.person(8)
    rate = len(clip)  # within a second or so

    def slowly() -> Iterator[bytes]:
        for start in range(0, len(clip), len(clip) // 10):
            yield clip[start : start + len(clip) // 10]
            time.sleep(0.05)

    with on_a_socket(fresh(upload_seconds=0.3, upload_rate=rate // 4)) as client:
        answer = client.post("/v1/liveness", content=slowly(), headers={"Content-Type": "video/mp4"})
    assert answer.status_code == 200
