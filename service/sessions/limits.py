"""How often sessions may be made, and when a subject or device has to wait."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from service.errors import CoolingDown, RateLimited
from service.sessions.rules import SessionRules
from service.sessions.store import Store

_MINUTE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    store: Store
    rules: SessionRules

    async def check_creation(self, owner: str, refs: Sequence[str]) -> None:
        """Counts a new session. Raises RateLimited, CoolingDown."""
        await self.check_cool_down(refs)
        await self._take(f"rate:key:{owner}", self.rules.per_key, "too many sessions with this key")
        for ref in refs:
            await self._take(
                f"rate:ref:{ref}", self.rules.per_ref, "too many sessions of this subject or device"
            )

    async def check_upgrade(self, session_id: str) -> None:
        """Counts an attempt to stream. Raises RateLimited."""
        await self._take(f"rate:upgrade:{session_id}", self.rules.upgrades, "too many attempts")

    async def check_cool_down(self, refs: Sequence[str]) -> None:
        """Raises CoolingDown."""
        for ref in refs:
            until = await self.store.get(f"cool:{ref}")
            if until is not None:
                wait = max(1, math.ceil(float(until) - time.time()))
                raise CoolingDown("too many failed checks of this subject or device", retry_after=wait)

    async def count_failure(self, refs: Sequence[str]) -> None:
        """The last of the allowed failures begins the cool-down."""
        rules = self.rules
        for ref in refs:
            allowed, within = rules.failures - 1, rules.failure_seconds
            full = allowed == 0 or await self.store.take(f"fail:{ref}", limit=allowed, seconds=within)
            if full:
                until, seconds = time.time() + rules.cool_down_seconds, rules.cool_down_seconds
                await self.store.add(f"cool:{ref}", str(until), seconds=seconds)

    async def _take(self, key: str, limit: int, message: str) -> None:
        wait = await self.store.take(key, limit=limit, seconds=_MINUTE)
        if wait > 0:
            raise RateLimited(f"{message}; at most {limit} a minute", retry_after=math.ceil(wait))
