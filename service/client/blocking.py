"""The client for code without an event loop: the same calls, each documented at `AsyncLivenessClient`."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from contextlib import aclosing
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from service.client import calls
from service.client.answers import CreatedSession, Outcome, SessionResult, Verdict
from service.client.asynchronous import TIMEOUT, AsyncLivenessClient, unheard
from service.client.connection import Listener
from service.client.errors import ClientError, ConnectionLost
from service.client.retries import Retries
from service.client.source import CameraFrame, read_apart

T = TypeVar("T")


class LivenessClient:
    """Use it as a context manager."""

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        api_key: str | None = None,
        timeout: float = TIMEOUT,
        retries: Retries | None = None,
    ) -> None:
        """As for `AsyncLivenessClient`."""
        self._url, self._api_key, self._timeout = url.rstrip("/"), api_key, timeout
        self._retries = retries or Retries()
        self._http = httpx.Client(base_url=self._url, headers=calls.headers(api_key), timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def check(
        self, clip: bytes | Path | str, *, depth_maps: bool = False, idempotency_key: str | None = None
    ) -> Verdict:
        data = clip if isinstance(clip, bytes) else Path(clip).read_bytes()
        return self._ask(calls.check(data, depth_maps=depth_maps, key=idempotency_key))

    def create_session(
        self,
        *,
        subject_ref: str | None = None,
        device_ref: str | None = None,
        idempotency_key: str | None = None,
    ) -> CreatedSession:
        call = calls.create_session(subject_ref=subject_ref, device_ref=device_ref, key=idempotency_key)
        return self._ask(call)

    def read_session(self, session_id: str) -> SessionResult:
        return self._ask(calls.session(session_id))

    def erase_session(self, session_id: str) -> None:
        self._ask(calls.erase(session_id))

    def model(self) -> Mapping[str, Any]:
        return self._ask(calls.model())

    def stream(
        self,
        frames: Iterable[CameraFrame],
        *,
        size: tuple[int, int],
        fps: float,
        trace: bool = False,
        path: str = "/v1/stream",
        token: str | None = None,
        listen: Listener = unheard,
    ) -> Outcome:
        """`frames` is asked for the next one on a thread of its own.

        Where `frames` gives none when the stream is over, its thread stays behind until it does, or until the
        program ends, which this delays by a second at most.
        """

        async def run() -> Outcome:
            client = AsyncLivenessClient(self._url, api_key=self._api_key, timeout=self._timeout)
            async with client, aclosing(read_apart(iter(frames))) as read:
                return await client.stream(
                    read,
                    size=size,
                    fps=fps,
                    trace=trace,
                    path=path,
                    token=token,
                    listen=listen,
                )

        return asyncio.run(run())

    def _ask(self, call: calls.Call[T]) -> T:
        attempt = 1
        while True:
            try:
                return call.answered(self._send(call))
            except ClientError as error:
                wait = self._retries.wait_for(attempt, error, repeatable=call.repeatable)
                if wait is None:
                    raise
            time.sleep(wait)
            attempt += 1

    def _send(self, call: calls.Call[T]) -> httpx.Response:
        try:
            return self._http.request(call.method, call.path, **call.options)
        except httpx.TransportError as error:
            raise ConnectionLost(f"{self._url} does not answer: {error}") from error
