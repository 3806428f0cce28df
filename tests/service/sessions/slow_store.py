"""A store that answers when it may, as Redis does over a bad network."""

import asyncio
import threading
from typing import Final

from service.sessions.memory import MemoryStore

MARKING: Final = "seen:"
KEEPING: Final = "session:"


class SlowStore(MemoryStore):
    """Of a verdict's way it holds up one step: that its digest is marked, or that its session is changed."""

    def __init__(self, step: str) -> None:
        super().__init__()
        self._step = step
        self.asked, self.may_answer = threading.Event(), threading.Event()

    async def add(self, key: str, value: str, *, seconds: float) -> bool:
        if key.startswith(self._step) and self._step == MARKING:
            await self._held_up()
        return await super().add(key, value, seconds=seconds)

    async def swap(self, key: str, old: str, new: str, *, seconds: float) -> bool:
        if key.startswith(self._step) and '"SUCCEEDED"' in new:
            await self._held_up()
        return await super().swap(key, old, new, seconds=seconds)

    async def _held_up(self) -> None:
        self.asked.set()
        while not self.may_answer.is_set():
            await asyncio.sleep(0.01)
