"""The client without an event loop: it returns when the answer is there, whatever its camera does."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from service.client import Ack, CameraFrame, ConnectionLost, Event, LivenessClient, StreamRefused, streams
from service.client.source import read_apart
from tests.service.client.outages import network_to
from tests.service.serving import fresh, on_a_socket
from tests.service.stream.counted import PATIENT
from tests.service.stream.test_client import film

ROOT = Path(__file__).parents[3]
SIZE = (320, 240)
BROKEN = CameraFrame(b"no picture, though a long one", 0.0)


class Stuck:
    """A camera that gives so many frames and then none, until it is let go."""

    def __init__(self, count: int) -> None:
        self._frames, self._let_go = film(count), threading.Event()
        self.asked = 0

    def __iter__(self) -> Iterator[CameraFrame]:
        for frame in self._frames:
            self.asked += 1
            yield frame
        self._let_go.wait(60)

    def __enter__(self) -> "Stuck":
        return self

    def __exit__(self, *_: object) -> None:
        self._let_go.set()


@pytest.fixture(scope="module")
def service() -> Iterator[httpx.Client]:
    with on_a_socket(fresh(streams=replace(PATIENT, max_seconds=2))) as client:
        yield client


def test_an_outcome_is_told_though_the_camera_gives_no_further_frame(service: httpx.Client) -> None:
    began = time.monotonic()
    with Stuck(4) as camera, LivenessClient(str(service.base_url)) as client:
        outcome = client.stream(camera, size=SIZE, fps=25)
        took = time.monotonic() - began
    assert outcome.result == "retry"
    assert took < 10


def test_a_refusal_is_told_though_the_camera_gives_no_further_frame() -> None:
    limits = replace(PATIENT, idle_seconds=0.5)
    with on_a_socket(fresh(streams=limits)) as service, Stuck(2) as camera:
        began = time.monotonic()
        with LivenessClient(str(service.base_url)) as client, pytest.raises(StreamRefused) as refused:
            client.stream(camera, size=SIZE, fps=25)
        took = time.monotonic() - began
    assert refused.value.code == "timeout"
    assert took < 10


def test_a_loss_is_told_though_the_camera_gives_no_further_frame(
    service: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "_RESUME_SECONDS", 1.0)
    with network_to(service.base_url.port) as network, Stuck(2) as camera:

        def cut_when_all_is_sent(event: Event) -> None:
            if isinstance(event, Ack) and event.sequence == 1:
                network.cut()

        began = time.monotonic()
        with LivenessClient(network.url) as client, pytest.raises(ConnectionLost):
            client.stream(camera, size=SIZE, fps=25, listen=cut_when_all_is_sent)
        took = time.monotonic() - began
    assert took < 10


def test_a_camera_is_asked_for_a_frame_once_the_one_before_is_taken() -> None:
    async def take_two() -> int:
        async with aclosing(read_apart(iter(camera))) as frames:
            await anext(frames)
            await anext(frames)
            await asyncio.sleep(0.3)
            return camera.asked

    with Stuck(8) as camera:
        assert asyncio.run(take_two()) == 2


def test_a_camera_is_asked_no_more_once_the_stream_is_over(service: httpx.Client) -> None:
    def camera() -> Iterator[CameraFrame]:
        while True:
            time.sleep(0.05)
            yield BROKEN

    with LivenessClient(str(service.base_url)) as client, pytest.raises(StreamRefused):
        client.stream(camera(), size=SIZE, fps=25)
    until = time.monotonic() + 5
    while any(each.name == "camera" for each in threading.enumerate()):
        assert time.monotonic() < until
        time.sleep(0.02)


_PROGRAM = """
import sys, time, cv2, numpy
from service.client import CameraFrame, LivenessClient, StreamRefused

def camera():
    yield CameraFrame(b"no picture, though a long one", 0.0)
    {next_frame}
    yield CameraFrame(b"never sent", 1.0)

try:
    with LivenessClient(sys.argv[1]) as client:
        client.stream(camera(), size=(320, 240), fps=25)
except StreamRefused:
    sys.exit(7)
"""
_STUCK = "time.sleep(600)"
_IN_WORK = """picture, until = numpy.zeros((600, 600, 3)), time.monotonic() + 0.4
    while time.monotonic() < until:
        cv2.GaussianBlur(picture, (31, 31), 5)
"""


@pytest.mark.parametrize("next_frame", [_STUCK, _IN_WORK], ids=["stuck", "in work"])
def test_a_program_ends_as_it_wants_to_while_its_camera_is_asked(
    service: httpx.Client, next_frame: str
) -> None:
    """A thread that is in C++ when the interpreter ends would abort the process."""
    program = _PROGRAM.format(next_frame=next_frame)
    command = [sys.executable, "-c", program, str(service.base_url)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (7, "")
