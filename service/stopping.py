"""Ending tasks that may take their end for something else."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final

STOP_SECONDS: Final = 1.0  # until a task is asked again


async def stop(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """More than once where need be: what waits for Redis may take it for a connection that was lost."""
    asked = tuple(tasks)
    left = set(asked)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=STOP_SECONDS)
    await asyncio.gather(*asked, return_exceptions=True)
