"""Where sessions, results, counters and idempotency records lie: small texts with a lifetime, no frames."""

from typing import Protocol


class Store(Protocol):
    """Every method is atomic over all replicas and raises StoreUnavailable where the store is not reached."""

    async def add(self, key: str, value: str, *, seconds: float) -> bool:
        """Keeps a value for a while; False, and nothing is changed, where the key has one."""
        ...

    async def get(self, key: str) -> str | None:
        """The value, or None once its time is over."""
        ...

    async def swap(self, key: str, old: str, new: str, *, seconds: float) -> bool:
        """Replaces `old` by `new` with a new lifetime; False, and nothing changes, where it is not `old`."""
        ...

    async def delete(self, *keys: str) -> None:
        """Forgets them; a key that is not there is no error."""
        ...

    async def take(self, key: str, *, limit: int, seconds: float) -> float:
        """Counts an event unless `limit` were counted within the last `seconds`.

        0 where it was counted, else the seconds until there is room again.
        """
        ...

    async def close(self) -> None: ...
