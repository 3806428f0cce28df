"""uvicorn's HTTP connection with an end to its patience: for headers, and for what nobody wants.

uvicorn itself waits for ever for a request that began and goes on reading what follows an answer.
"""

import asyncio
import uuid
from collections.abc import Callable
from typing import ClassVar, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from service.errors import RequestTooSlow
from service.logs import REQUEST_ID
from service.problems import problem

_PROBLEM: Final = RequestTooSlow("the request's headers did not come in time")


class PatientConnection(HttpToolsProtocol):
    """Made into a class of its own by `patient_for`."""

    seconds: ClassVar[float]
    observe: ClassVar[Callable[[str], None]]
    _due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect(self._headers_are_late)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._due is None:  # another request on a connection that was kept
            self._expect(self._headers_are_late)

    def on_headers_complete(self) -> None:
        self._expect_nothing()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.more_body and not self.transport.is_closing():
            self._expect(self.transport.close)

    def on_message_complete(self) -> None:
        self._expect_nothing()
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect_nothing()
        super().connection_lost(exc)

    def _expect(self, otherwise: Callable[[], None]) -> None:
        self._expect_nothing()
        self._due = self.loop.call_later(self.seconds, otherwise)

    def _expect_nothing(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _headers_are_late(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._expect(self._headers_are_late)  # what was asked before is answered first
            return
        if self.scope is not None:  # who never said a word hears none
            self.transport.write(_answer())
            type(self).observe(RequestTooSlow.code)
        self.transport.close()


def patient_for(seconds: float, *, observe: Callable[[str], None]) -> type[PatientConnection]:
    """For uvicorn's `http`; `observe` hears the code of each request that is cut."""
    return type("Connection", (PatientConnection,), {"seconds": seconds, "observe": staticmethod(observe)})


def _answer() -> bytes:
    request_id = uuid.uuid4().hex
    REQUEST_ID.set(request_id)
    answer = problem(_PROBLEM)
    headers = [*answer.raw_headers, (b"x-request-id", request_id.encode())]
    lines = [name + b": " + value + b"\r\n" for name, value in headers]
    return STATUS_LINE[answer.status_code] + b"\r\n".join([b"".join(lines), bytes(answer.body)])
