"""Clients that send garbage, too much or nothing more: each ends with its reason; no neighbour suffers."""

import socket

import httpx
import pytest

from service.stream.codec import Codec, pack
from tests.service.stream.counted import PATIENT, eventually
from tests.service.stream.script import frame
from tests.service.stream.talking import Talker, person, talking


@pytest.mark.parametrize(
    ("data", "code", "close"),
    [
        (bytes(100), "bad_header", 4400),
        (pack(bytes(5000), codec=Codec.JPEG, sequence=0, captured=0), "bad_picture", 4400),
        (frame(0, 0, person(1)[0][:3000]), "bad_picture", 4400),
        ("x" * 5000, "message_too_large", 1009),
    ],
    ids=["zeros", "no picture", "half a picture", "a long text"],
)
def test_garbage_ends_the_stream_with_its_reason(
    patient: httpx.Client, data: bytes | str, code: str, close: int
) -> None:
    with talking(patient) as client:
        client.begin()
        client.socket.send(data)
        assert client.until("error")["code"] == code
        assert client.hear() is None
    assert client.close == close
    assert eventually(patient, "liveness_sessions_active", 0)


def test_a_message_over_the_limit_is_not_even_read(patient: httpx.Client) -> None:
    with talking(patient) as client:
        client.begin()
        client.socket.send(bytes(PATIENT.max_message_bytes + 1))
        assert client.hear() is None
    assert client.close == 1009
    assert eventually(patient, 'liveness_ws_closes_total{code="1009"}', 2)


def test_pictures_are_never_compressed_again(patient: httpx.Client) -> None:
    with talking(patient) as client:
        assert client.socket.protocol.extensions == []


def test_a_client_that_vanishes_leaves_nothing_behind(patient: httpx.Client) -> None:
    with talking(patient) as client:
        client.begin()
        client.send(person(1)[0], at=0)
        client.socket.socket.shutdown(socket.SHUT_RDWR)
    assert eventually(patient, "liveness_sessions_active", 0)


def test_a_client_that_vanishes_in_the_middle_of_a_frame_leaves_nothing_behind(
    patient: httpx.Client,
) -> None:
    with talking(patient) as client:
        client.begin()
        announced = bytes((0x82, 0xFE)) + (50_000).to_bytes(2, "big") + bytes(4)  # masked, binary
        client.socket.socket.sendall(announced + frame(0, 0)[:500])
        client.socket.socket.shutdown(socket.SHUT_RDWR)
    assert eventually(patient, "liveness_sessions_active", 0)


def test_a_neighbour_that_sends_garbage_changes_nothing(patient: httpx.Client) -> None:
    with talking(patient) as good:
        good.begin()
        good.send_patiently(person(10))
        for _ in range(5):
            with talking(patient) as bad:
                bad.socket.send("?")
                bad.until("error")
        good.send_patiently(person(6))
        assert Talker(good.socket).finish()["type"] == "outcome"
