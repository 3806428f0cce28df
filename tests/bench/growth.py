"""(f) What ten thousand streams leave behind."""

import asyncio
import json
from collections.abc import Iterator

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from service.bench.served import ADMIT_ALL, Served
from tests.bench.attackers import HELLO, frame
from tests.bench.film import jpegs
from tests.bench.options import Options
from tests.bench.served import served
from tests.bench.tables import Table

_OPENED = 10_000
_AT_ONCE = 6
_JUDGED = 40  # one in so many also has a frame judged
_QUARTERS = 4


def run(options: Options) -> Iterator[Table]:
    total = 200 if options.quick else _OPENED
    sizes = asyncio.run(_sizes(options, total))
    head = tuple(str(total * i // _QUARTERS) for i in range(_QUARTERS + 1))
    yield Table("Resident MB after so many streams were opened and closed", head, [sizes])


async def _sizes(options: Options, total: int) -> tuple[float, ...]:
    picture = jpegs(options.film)[0]
    with served(**ADMIT_ALL) as service:
        await _open_and_close(service, picture, _AT_ONCE * _JUDGED)  # what is allocated once
        sizes = [service.memory_mb()]
        for i in range(_QUARTERS):
            options.say(f"{total * i // _QUARTERS} of {total} streams")
            await _open_and_close(service, picture, total // _QUARTERS)
            sizes.append(service.memory_mb())
    return tuple(sizes)


async def _open_and_close(service: Served, picture: bytes, count: int) -> None:
    url = service.url.replace("http", "ws", 1) + "/v1/stream"

    async def some() -> None:
        for i in range(count // _AT_ONCE):
            await _one(url, picture if i % _JUDGED == 0 else None)

    await asyncio.gather(*(some() for _ in range(_AT_ONCE)))


async def _one(url: str, picture: bytes | None) -> None:
    async with connect(url, subprotocols=[Subprotocol("liveness.v1")], compression=None) as socket:
        await socket.send(json.dumps(HELLO | {"trace": False}))
        await _until(socket, "ready")
        if picture is not None:
            await socket.send(frame(picture, 0))
            await socket.send('{"type": "end"}')
            await _until(socket, "outcome")


async def _until(socket: ClientConnection, kind: str) -> None:
    while json.loads(await socket.recv())["type"] != kind:
        pass
