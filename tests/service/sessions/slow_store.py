"""A store that answers when it may, as Redis does over a bad network."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx
import pytest

from service.sessions import opening
from service.sessions.memory import MemoryStore
from tests.service.serving import fresh, on_a_socket

MARKING: Final = "seen:"
KEEPING: Final = '"SUCCEEDED"'
BEGINNING: Final = '"IN_PROGRESS"'


class SlowStore(MemoryStore):
    """It holds up one step: that a session begins, that a verdict's digest is marked, or that it is kept."""

    def __init__(self, step: str) -> None:
        super().__init__()
        self._step = step
        self.asked, self.may_answer = threading.Event(), threading.Event()

    async def add(self, key: str, value: str, *, seconds: float) -> bool:
        if key.startswith(self._step):
            await self._held_up()
        return await super().add(key, value, seconds=seconds)

    async def swap(self, key: str, old: str, new: str, *, seconds: float) -> bool:
        if self._step in new:
            await self._held_up()
        return await super().swap(key, old, new, seconds=seconds)

    async def _held_up(self) -> None:
        self.asked.set()
        while not self.may_answer.is_set():
            await asyncio.sleep(0.01)


@contextmanager
def served(store: SlowStore, patch: pytest.MonkeyPatch, **changes: Any) -> Iterator[httpx.Client]:
    """A service whose sessions are kept in `store`, which answers at the latest when it ends."""
    patch.setattr(opening, "open_store", lambda _settings: store)
    with on_a_socket(fresh(**changes)) as client:
        try:
            yield client
        finally:
            store.may_answer.set()
