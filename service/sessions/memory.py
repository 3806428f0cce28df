"""The store of a single replica: dictionaries. It forgets all at its end."""

import time
from collections import deque
from collections.abc import Callable
from typing import Final

_SWEEP_EVERY: Final = 1024  # additions


class MemoryStore:
    """Atomic because no method waits for anything between its look and its change."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._values: dict[str, tuple[str, float]] = {}  # value, end of its life
        self._events: dict[str, tuple[deque[float], float]] = {}  # times, end of the newest's life
        self._added = 0

    async def add(self, key: str, value: str, *, seconds: float) -> bool:
        if self._value(key) is not None:
            return False
        self._sweep_now_and_then()
        self._values[key] = (value, self._clock() + seconds)
        return True

    async def get(self, key: str) -> str | None:
        return self._value(key)

    async def swap(self, key: str, old: str, new: str, *, seconds: float) -> bool:
        if self._value(key) != old:
            return False
        self._values[key] = (new, self._clock() + seconds)
        return True

    async def delete(self, *keys: str) -> None:
        for key in keys:
            self._values.pop(key, None)
            self._events.pop(key, None)

    async def take(self, key: str, *, limit: int, seconds: float) -> float:
        now = self._clock()
        events, _ = self._events.get(key, (deque(), 0.0))
        while events and events[0] <= now - seconds:
            events.popleft()
        if len(events) >= limit:
            return events[0] + seconds - now
        self._sweep_now_and_then()
        events.append(now)
        self._events[key] = (events, now + seconds)
        return 0.0

    async def close(self) -> None:
        self._values.clear()
        self._events.clear()

    def _value(self, key: str) -> str | None:
        value, end = self._values.get(key, ("", 0.0))
        return value if self._clock() < end else None

    def _sweep_now_and_then(self) -> None:
        self._added += 1
        if self._added % _SWEEP_EVERY:
            return
        now = self._clock()
        self._values = {key: kept for key, kept in self._values.items() if kept[1] > now}
        self._events = {key: kept for key, kept in self._events.items() if kept[1] > now}
