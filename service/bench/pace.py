"""A clock that does not drift: each tick is due by the first one."""

import asyncio
import time
from collections.abc import AsyncIterator


async def paced(count: int, *, per_second: float) -> AsyncIterator[int]:
    """0 to count - 1, each when it is due, or at once where it is overdue."""
    started = time.monotonic()
    for i in range(count):
        await asyncio.sleep(max(0.0, started + i / per_second - time.monotonic()))
        yield i
