"""A running service for the tests: over a real socket, or called directly."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from service.app import create_app
from service.commands.serve import server_config
from service.settings import Settings

TINY = Path(__file__).parents[1] / "golden" / "tiny"


def settings(**changes: Any) -> Settings:
    """Tiny weights, one worker of each kind; the environment has no say."""
    return Settings(**{"weights": TINY, "decode_workers": 1, "face_workers": 1, "port": 0} | changes)


@contextmanager
def on_a_socket(app: FastAPI) -> Iterator[httpx.Client]:
    """uvicorn on a free port of this machine."""
    server = uvicorn.Server(server_config(app, app.state.settings.model_copy(update={"port": 0})))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the service did not start"
            threading.Event().wait(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


@asynccontextmanager
async def called_directly(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """The app with its lifespan, without a socket; its own mistakes become answers."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://service") as client,
    ):
        yield client


def post_once(app: FastAPI, clip: bytes) -> httpx.Response:
    """One clip to an app that is opened for it alone."""

    async def post() -> httpx.Response:
        async with called_directly(app) as client:
            return await client.post("/v1/liveness", files={"clip": clip})

    return asyncio.run(post())


def fresh(**changes: Any) -> FastAPI:
    return create_app(settings(**changes))
