"""The two clients: the same calls, awaited or not."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from service.client.answers import Event, Outcome, Verdict, read_verdict
from service.client.errors import ConnectionLost, ServiceRefused
from service.client.source import CameraFrame
from service.client.streams import Listener, stream
from service.client.talk import Talk

_TIMEOUT = 60.0  # seconds


def _unheard(_event: Event) -> None:
    """Nobody listens while the stream runs."""


class AsyncLivenessClient:
    """Use it as an asynchronous context manager."""

    def __init__(
        self, url: str = "http://127.0.0.1:8000", *, api_key: str | None = None, timeout: float = _TIMEOUT
    ) -> None:
        """`api_key` is the backend's; `timeout` is in seconds."""
        self._url = url.rstrip("/")
        self._http = httpx.AsyncClient(base_url=self._url, headers=_headers(api_key), timeout=timeout)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def check(self, clip: bytes | Path | str, *, depth_maps: bool = False) -> Verdict:
        """The verdict on a video file or its bytes. Raises ServiceRefused and ConnectionLost."""
        data = clip if isinstance(clip, bytes) else await asyncio.to_thread(Path(clip).read_bytes)
        try:
            answer = await self._http.post("/v1/liveness", **_request(data, depth_maps))
        except httpx.TransportError as error:
            raise ConnectionLost(f"{self._url} does not answer: {error}") from error
        return _verdict(answer)

    async def stream(
        self,
        frames: AsyncIterator[CameraFrame],
        *,
        size: tuple[int, int],
        fps: float,
        trace: bool = False,
        path: str = "/v1/stream",
        token: str | None = None,
        listen: Listener = _unheard,
    ) -> Outcome:
        """Streams frames as they come, until they end or the service has its answer.

        `size` is width and height in px; `path` and `token` are a session's, the open stream needs none.
        `listen` is told everything that the service says. A connection that is lost is taken up again once.
        Raises StreamRefused and ConnectionLost.
        """
        url = "ws" + self._url.removeprefix("http") + path
        talk = Talk(*size, fps, trace)
        return await stream(url, frames, talk, token=token, listen=listen)


class LivenessClient:
    """Use it as a context manager. For use without a running event loop."""

    def __init__(
        self, url: str = "http://127.0.0.1:8000", *, api_key: str | None = None, timeout: float = _TIMEOUT
    ) -> None:
        """As for `AsyncLivenessClient`."""
        self._url, self._api_key = url.rstrip("/"), api_key
        self._http = httpx.Client(base_url=self._url, headers=_headers(api_key), timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def check(self, clip: bytes | Path | str, *, depth_maps: bool = False) -> Verdict:
        """As `AsyncLivenessClient.check`."""
        data = clip if isinstance(clip, bytes) else Path(clip).read_bytes()
        try:
            return _verdict(self._http.post("/v1/liveness", **_request(data, depth_maps)))
        except httpx.TransportError as error:
            raise ConnectionLost(f"{self._url} does not answer: {error}") from error

    def stream(
        self,
        frames: Iterable[CameraFrame],
        *,
        size: tuple[int, int],
        fps: float,
        trace: bool = False,
        path: str = "/v1/stream",
        token: str | None = None,
        listen: Listener = _unheard,
    ) -> Outcome:
        """As `AsyncLivenessClient.stream`; `frames` is asked for the next one on a thread of its own."""

        async def run() -> Outcome:
            async with AsyncLivenessClient(self._url, api_key=self._api_key) as client:
                return await client.stream(
                    _on_a_thread(iter(frames)),
                    size=size,
                    fps=fps,
                    trace=trace,
                    path=path,
                    token=token,
                    listen=listen,
                )

        return asyncio.run(run())


async def _on_a_thread(frames: Iterator[CameraFrame]) -> AsyncIterator[CameraFrame]:
    while (frame := await asyncio.to_thread(next, frames, None)) is not None:
        yield frame


def _headers(api_key: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {api_key}"} if api_key else {}


def _request(data: bytes, depth_maps: bool) -> dict[str, Any]:
    return {"files": {"clip": data}, "params": {"depth_maps": depth_maps}}


def _verdict(answer: httpx.Response) -> Verdict:
    if answer.status_code == httpx.codes.OK:
        return read_verdict(answer.json())
    try:
        problem = answer.json()
        code, message = str(problem["code"]), str(problem["detail"])
    except (ValueError, KeyError, TypeError):
        code, message = "not_the_service", f"answered {answer.status_code} without a problem document"
    retry_after = answer.headers.get("retry-after", "")
    raise ServiceRefused(
        answer.status_code, code, message, int(retry_after) if retry_after.isdecimal() else None
    )
