"""What routes ask for."""

from typing import Annotated, Any

from fastapi import Depends, Header
from starlette.requests import HTTPConnection

from service.access import Caller
from service.keys import Scope
from service.runtime import Runtime


def _runtime(connection: HTTPConnection) -> Runtime:
    runtime = connection.app.state.runtime
    assert isinstance(runtime, Runtime)
    return runtime


RunningService = Annotated[Runtime, Depends(_runtime)]


async def _caller(connection: HTTPConnection, runtime: RunningService) -> Caller:
    """A route reads its body itself: the framework would do so, and parse it, before it asks this."""
    return await runtime.access.admit(connection.headers)


AdmittedCaller = Annotated[Caller, Depends(_caller)]


IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=255,
        description="the same key and body again give the same answer; another body is a 409",
    ),
]


def needs(*scopes: Scope) -> Any:
    """A dependency that lets in who holds one of `scopes`."""

    async def scoped(caller: AdmittedCaller) -> Caller:
        caller.require(*scopes)
        return caller

    return Depends(scoped)
