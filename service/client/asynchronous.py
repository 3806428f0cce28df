"""The client to be awaited."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from service.client import calls
from service.client.answers import CreatedSession, Event, Outcome, SessionResult, Verdict
from service.client.connection import Listener
from service.client.errors import ClientError, ConnectionLost
from service.client.retries import Retries
from service.client.source import CameraFrame
from service.client.streams import address, stream
from service.client.talk import Talk

TIMEOUT = 60.0  # seconds
T = TypeVar("T")


def unheard(_event: Event) -> None:
    """Nobody listens while the stream runs."""


class AsyncLivenessClient:
    """Use it as an asynchronous context manager. Each call raises ServiceRefused and ConnectionLost.

    A request is sent again only where that cannot be done twice: where the service refused it before it
    began, and, if it reads or carries an Idempotency-Key (one is made for each call unless you give yours),
    where its answer is lost, which a proxy says with 502, 503 or 504.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        api_key: str | None = None,
        timeout: float = TIMEOUT,
        retries: Retries | None = None,
    ) -> None:
        """`api_key` is the backend's; `timeout` is in seconds, of each request and of a stream's upgrade."""
        self._url, self._timeout, self._retries = url.rstrip("/"), timeout, retries or Retries()
        self._http = httpx.AsyncClient(base_url=self._url, headers=calls.headers(api_key), timeout=timeout)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def check(
        self, clip: bytes | Path | str, *, depth_maps: bool = False, idempotency_key: str | None = None
    ) -> Verdict:
        """The verdict on a video file or its bytes.

        With `depth_maps` the answer's document has them, and the request is not repeated once it was sent.
        """
        data = clip if isinstance(clip, bytes) else await asyncio.to_thread(Path(clip).read_bytes)
        return await self._ask(calls.check(data, depth_maps=depth_maps, key=idempotency_key))

    async def create_session(
        self,
        *,
        subject_ref: str | None = None,
        device_ref: str | None = None,
        idempotency_key: str | None = None,
    ) -> CreatedSession:
        """Give its `client_token` and `ws_url` to the client, and nothing else."""
        call = calls.create_session(subject_ref=subject_ref, device_ref=device_ref, key=idempotency_key)
        return await self._ask(call)

    async def read_session(self, session_id: str) -> SessionResult:
        """How the session stands; its verdict needs a key with the scope `results:read`."""
        return await self._ask(calls.session(session_id))

    async def erase_session(self, session_id: str) -> None:
        """Revokes its tokens and forgets its result."""
        await self._ask(calls.erase(session_id))

    async def model(self) -> Mapping[str, Any]:
        """Which weights judge, by which rules: the answer of GET /v1/model."""
        return await self._ask(calls.model())

    async def stream(
        self,
        frames: AsyncIterator[CameraFrame],
        *,
        size: tuple[int, int],
        fps: float,
        trace: bool = False,
        path: str = "/v1/stream",
        token: str | None = None,
        listen: Listener = unheard,
    ) -> Outcome:
        """Streams frames as they come, until they end or the service has its answer.

        `size` is width and height in px; `path` (or the whole `ws_url`) and `token` are a session's, the open
        stream needs none. `listen` is told everything that the service says. A connection that is lost is
        taken up again once, which is tried for 9 s. Raises StreamRefused and ConnectionLost, and whatever
        `frames` and `listen` raise.
        """
        url, talk = address(self._url, path), Talk(*size, fps, trace)
        return await stream(url, frames, talk, token=token, listen=listen, open_seconds=self._timeout)

    async def _ask(self, call: calls.Call[T]) -> T:
        attempt = 1
        while True:
            try:
                return call.answered(await self._send(call))
            except ClientError as error:
                wait = self._retries.wait_for(attempt, error, repeatable=call.repeatable)
                if wait is None:
                    raise
            await asyncio.sleep(wait)
            attempt += 1

    async def _send(self, call: calls.Call[T]) -> httpx.Response:
        try:
            return await self._http.request(call.method, call.path, **call.options)
        except httpx.TransportError as error:
            raise ConnectionLost(f"{self._url} does not answer: {error}") from error
