"""People and backends who do not know that the service is being updated; they keep what they were told."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from service.client import ClientError, LivenessClient
from service.stream.closes import Close
from tests.service import videos
from tests.service.sessions.clients import create
from tests.service.stream.talking import Talker, person, talking

PACE = 0.1  # seconds between two frames


@dataclass
class Load:
    """`url` is the proxy's. What is no answer, and no documented end of a stream, is in `faults`."""

    url: str
    answers: Counter[int] = field(default_factory=Counter)  # of REST, by status
    verdicts: int = 0  # over connections that are kept open
    closes: Counter[int] = field(default_factory=Counter)  # of streams, by close code
    finished: int = 0  # sessions whose verdict was made
    again: int = 0  # sessions that were begun anew after 1012
    faults: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def clips(self) -> None:
        """One clip after the other, each over a connection of its own."""
        clip = videos.person(8)
        while not self.over.is_set():
            with httpx.Client(base_url=self.url, timeout=120) as client:
                try:
                    answer = client.post("/v1/liveness", files={"clip": clip})
                except httpx.TransportError as error:
                    self.faults.append(f"clip: {error!r}")
                    continue
                self.answers[answer.status_code] += 1

    def backend(self) -> None:
        """One clip after the other by our own client, which keeps its connection for as long as it can."""
        clip = videos.person(8)
        with LivenessClient(self.url, timeout=120) as client:
            while not self.over.is_set():
                try:
                    client.check(clip)
                except ClientError as error:
                    self.faults.append(f"backend: {error!r}")
                else:
                    self.verdicts += 1

    def people(self, frames: int) -> None:
        """One person after the other, each in a session of `frames` frames."""
        while not self.over.is_set():
            try:
                self._one(person(frames))
            except (
                httpx.TransportError,
                ConnectionClosed,
                InvalidHandshake,
                OSError,
                AssertionError,
            ) as error:
                self.faults.append(f"person: {error!r}")

    def _one(self, pictures: list[bytes]) -> None:
        while True:
            with httpx.Client(base_url=self.url, timeout=120) as client:
                made = create(client)
                close = self._stream(client, made, pictures)
                self.closes[close] += 1
                if close == Close.DRAINING and not self.over.is_set():
                    self.again += 1
                    continue
                status = client.get(f"/v1/sessions/{made['session_id']}").json()["status"]
                self.finished += status == "SUCCEEDED"
                return

    def _stream(self, client: httpx.Client, made: dict[str, Any], pictures: list[bytes]) -> int:
        """The code by which the stream was closed."""
        path = f"/v1/sessions/{made['session_id']}/stream"
        with talking(client, f"token.{made['client_token']}", path=path) as talker:
            try:
                talker.begin()
                for picture in pictures:
                    time.sleep(PACE)
                    talker.send(picture, at=talker.sequence * PACE)
                    talker.until_any("ack", "outcome")
                talker.finish()
            except (AssertionError, ConnectionClosed):
                return _closed(talker)
        return _closed(talker)


def _closed(talker: Talker) -> int:
    while talker.close is None and talker.hear() is not None:
        pass
    return talker.close or 1006


@contextmanager
def under_load(load: Load, *, people: int, frames: int) -> Iterator[None]:
    threads = [threading.Thread(target=load.clips), threading.Thread(target=load.backend)]
    threads += [threading.Thread(target=load.people, args=(frames,)) for _ in range(people)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        load.over.set()
        for thread in threads:
            thread.join()
