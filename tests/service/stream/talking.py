"""A client that does what the tests want, right or wrong."""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import cv2
import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from service.stream.codec import Codec, pack
from tests.service.videos import Picture, face, wobbling

JPEG: Sequence[int] = (cv2.IMWRITE_JPEG_QUALITY, 90)
LOSSLESS: Sequence[int] = (cv2.IMWRITE_WEBP_QUALITY, 101)
# A quick machine acknowledges faster than a camera films, and the service closes whoever sends so fast.
FPS, BURST = 30, 10


def hello(**changes: Any) -> str:
    return json.dumps({"type": "hello", "version": 1, "width": 320, "height": 240, "fps": 25} | changes)


def jpegs(pictures: Iterable[Picture]) -> list[bytes]:
    return [cv2.imencode(".jpg", picture[..., ::-1], JPEG)[1].tobytes() for picture in pictures]


def person(count: int, *, restless: bool = False) -> list[bytes]:
    return jpegs(wobbling(face(), count, restless=restless))


class Talker:
    """Counts credit and keeps what it hears."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket, self.heard, self.sequence = socket, list[dict[str, Any]](), 0
        self.close: int | None = None
        self.due = 0.0  # when a camera would have the next frame, at the earliest

    def hear(self) -> dict[str, Any] | None:
        """The next message; None once the service has closed."""
        try:
            message: dict[str, Any] = json.loads(self.socket.recv(timeout=120))
        except ConnectionClosed as closed:
            self.close = closed.rcvd.code if closed.rcvd else 1006
            return None
        self.heard.append(message)
        return message

    def until(self, kind: str) -> dict[str, Any]:
        return self.until_any(kind)

    def until_any(self, *kinds: str) -> dict[str, Any]:
        while (message := self.hear()) is not None:
            if message["type"] in kinds:
                return message
        raise AssertionError(f"no {kinds}, but {self.heard[-2:]} and {self.close}")

    def begin(self, **changes: Any) -> dict[str, Any]:
        self.socket.send(hello(**changes))
        return self.until("ready")

    def send(self, picture: bytes, *, at: float, codec: Codec = Codec.JPEG) -> None:
        captured = round(at * 1e6)
        self.socket.send(pack(picture, codec=codec, sequence=self.sequence, captured=captured))
        self.sequence += 1

    def send_patiently(
        self, pictures: Iterable[bytes], *, codec: Codec = Codec.JPEG, fps: float = 25
    ) -> None:
        """The next frame goes out when no other waits, so that none is late, and no faster than one films."""
        for picture in pictures:
            self._film()
            self.send(picture, at=self.sequence / fps, codec=codec)
            self.until("ack")

    def _film(self) -> None:
        """Waits as a camera does that has been held up for `BURST` frames at most: no waiting earns more."""
        self.due = max(self.due, time.monotonic() - BURST / FPS) + 1 / FPS
        time.sleep(max(0.0, self.due - time.monotonic()))

    def finish(self) -> dict[str, Any]:
        self.socket.send('{"type": "end"}')
        outcome = self.until("outcome")
        assert self.hear() is None
        return outcome

    def kinds(self) -> list[str]:
        return [message["type"] for message in self.heard]


@contextmanager
def talking(
    client: httpx.Client, *more: str, path: str = "/v1/stream", protocol: str = "liveness.v1", **options: Any
) -> Iterator[Talker]:
    url = str(client.base_url).replace("http", "ws", 1).rstrip("/") + path
    subprotocols = [Subprotocol(each) for each in (protocol, *more)]
    with connect(url, subprotocols=subprotocols, compression=None, **options) as socket:
        yield Talker(socket)
