"""uvicorn's WebSocket connection, which does not outlive its stream where the client reads nothing.

A transport that is closed first delivers what it still holds, which a client that reads no more prevents for
as long as its own machine is up. After a while its connection is therefore aborted.
"""

from asyncio import TimerHandle
from typing import Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

ABORT_SECONDS: Final = 10.0  # as long as uvicorn waits for its close to be answered


class StreamTransport(WebSocketsSansIOProtocol):
    """`ABORT_SECONDS` after the end nothing is left of it."""

    _last: TimerHandle | None = None

    async def run_asgi(self) -> None:
        await super().run_asgi()
        self._abort_soon()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self._abort_soon()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._last is not None:
            self._last.cancel()

    def _abort_soon(self) -> None:
        if self._last is None and not self.disconnected:
            self._last = self.loop.call_later(ABORT_SECONDS, self.transport.abort)
