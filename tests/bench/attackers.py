"""Hostile clients, a process of their own: python -m tests.bench.attackers URL FILM SECONDS.

Each kind comes again and again, one at a time. Prints JSON: how often each ended in which way.
"""

import asyncio
import json
import os
import socket
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from service.stream.codec import Codec, pack
from tests.bench.film import jpegs

HELLO = {"type": "hello", "version": 1, "width": 640, "height": 480, "fps": 30, "trace": True}
_PAUSE = 0.2  # seconds between two of a kind
_LONGEST = 15.0  # seconds without a message


def frame(picture: bytes, number: int, fps: float = 30.0) -> bytes:
    return pack(picture, codec=Codec.JPEG, sequence=number, captured=round(1e6 * number / fps))


async def vanish(client: ClientConnection, picture: bytes) -> None:
    """Disconnects in the middle of a frame."""
    raw: socket.socket = client.transport.get_extra_info("socket")
    head = bytes((0x82, 0xFE)) + (60_000).to_bytes(2, "big") + bytes(4)  # a masked binary message
    os.write(raw.fileno(), head + picture[:1000])
    client.transport.abort()


async def garbage(client: ClientConnection, _: bytes) -> None:
    await client.send(os.urandom(20_000))


async def broken(client: ClientConnection, picture: bytes) -> None:
    """A picture whose second half is noise."""
    await client.send(frame(picture[: len(picture) // 2] + os.urandom(len(picture) // 2), 0))


async def hasten(client: ClientConnection, picture: bytes) -> None:
    """200 frames a second, each as soon as there is credit for it."""
    for number in range(200):
        await client.send(frame(picture, number, 200.0))
        while json.loads(await client.recv())["type"] != "ack":
            pass


async def flood(client: ClientConnection, picture: bytes) -> None:
    """Does not ask for credit."""
    for number in range(60):
        await client.send(frame(picture, number))


async def turn_back(client: ClientConnection, picture: bytes) -> None:
    await client.send(frame(picture, 1))
    await client.send(pack(picture, codec=Codec.JPEG, sequence=2, captured=0))


async def read_nothing(client: ClientConnection, picture: bytes) -> None:
    """Asks for traces, sends as it should and leaves all answers where they are."""
    client.transport.pause_reading()
    for number in range(3):
        await client.send(frame(picture, number))
        await asyncio.sleep(0.1)
    await asyncio.sleep(2)
    client.transport.abort()


KINDS: tuple[Callable[[ClientConnection, bytes], Awaitable[None]], ...] = (
    vanish, garbage, broken, hasten, flood, turn_back, read_nothing,
)  # fmt: skip


async def once(url: str, kind: Callable[[ClientConnection, bytes], Awaitable[None]], picture: bytes) -> str:
    """How it ended."""
    try:
        async with connect(url, subprotocols=[Subprotocol("liveness.v1")], compression=None) as client:
            await client.send(json.dumps(HELLO))
            await client.recv()
            await kind(client, picture)
            while True:
                await asyncio.wait_for(client.recv(), _LONGEST)
    except ConnectionClosed as closed:
        return str(closed.rcvd.code) if closed.rcvd else "it left"
    except (OSError, TimeoutError, InvalidHandshake) as error:
        return type(error).__name__


async def main(url: str, film: Path, seconds: float) -> None:
    stream, pictures = url.replace("http", "ws", 1) + "/v1/stream", jpegs(film)
    told: Counter[str] = Counter()
    end = time.monotonic() + seconds

    async def again(kind: Callable[[ClientConnection, bytes], Awaitable[None]]) -> None:
        while time.monotonic() < end:
            told[f"{kind.__name__}: {await once(stream, kind, pictures[0])}"] += 1
            await asyncio.sleep(_PAUSE)

    await asyncio.gather(*(again(kind) for kind in KINDS))
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])))
