"""The service as people run it, with the weights that it ships, on a free port of this machine."""

import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from tests.service.replica import Replica

# A busy machine is slow with a clip; that is not what the browser is watched for.
_PATIENT: Final = {"deadline_seconds": "300", "decode_seconds": "60"}


@dataclass(frozen=True)
class Served:
    replica: Replica

    @property
    def url(self) -> str:
        return self.replica.url

    def new_session(self) -> dict[str, Any]:
        """As a backend makes it."""
        made: dict[str, Any] = httpx.post(f"{self.url}/v1/sessions").raise_for_status().json()
        return made

    def session(self, session_id: str) -> dict[str, Any]:
        read: dict[str, Any] = httpx.get(f"{self.url}/v1/sessions/{session_id}").raise_for_status().json()
        return read

    def link(self, made: dict[str, Any]) -> str:
        """What the person opens."""
        return f"{self.url}/#live?session={made['session_id']}&token={made['client_token']}"

    def drain(self) -> None:
        self.replica.process.send_signal(signal.SIGTERM)

    def die(self) -> None:
        self.replica.kill()


@contextmanager
def serving(**settings: str) -> Iterator[Served]:
    """`settings` are environment variables without their prefix."""
    told = {f"LIVENESS_{name.upper()}": value for name, value in (_PATIENT | settings).items()}
    with tempfile.TemporaryDirectory() as folder:
        served = Served(Replica.started(Path(folder) / "log", told))
        try:
            yield served
        finally:
            served.die()
