"""POST /v1/liveness with an Idempotency-Key: asked again, the same verdict is given, no second one made."""

import hashlib
import json
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from service.access import Caller
from service.errors import IdempotencyInProgress, IdempotencyMismatch
from service.schemas import Verdict
from service.sessions.store import Store


class AnsweredBefore(Exception):  # noqa: N818 - it is called what it says
    """The verdict that was given the first time."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__()
        self.verdict = verdict


@dataclass(frozen=True, slots=True)
class Idempotency:
    store: Store
    pending_seconds: float  # that the first request may be in work
    kept_seconds: float

    def of(self, caller: Caller, key: str | None) -> "Once":
        if key is None:
            return Once(self, None)
        named = json.dumps([caller.name, key]).encode()
        return Once(self, f"once:clip:{hashlib.sha256(named).hexdigest()}")


@dataclass(slots=True)
class Once:
    """One request's; without a key it does nothing. Left with an error, it forgets that it began."""

    rules: Idempotency
    slot: str | None
    _pending: str = field(default="")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if kind is not None and self.slot is not None and self._pending:
            await self.rules.store.delete(self.slot)

    async def begin(self, data: bytes) -> None:
        """Raises AnsweredBefore, IdempotencyMismatch, IdempotencyInProgress."""
        if self.slot is None:
            return
        digest = hashlib.sha256(data).hexdigest()
        pending = json.dumps([digest, None])
        if await self.rules.store.add(self.slot, pending, seconds=self.rules.pending_seconds):
            self._pending = pending
            return
        before = await self.rules.store.get(self.slot)
        first, verdict = json.loads(before) if before else (digest, None)
        if first != digest:
            raise IdempotencyMismatch("this Idempotency-Key was used with another body")
        if verdict is None:
            raise IdempotencyInProgress(
                "the first request with this Idempotency-Key is still in work", retry_after=1
            )
        raise AnsweredBefore(Verdict.model_validate(verdict))

    async def end(self, verdict: Verdict) -> None:
        if self.slot is None:
            return
        digest, _ = json.loads(self._pending)
        answered = json.dumps([digest, verdict.model_dump(mode="json", exclude_unset=True)])
        await self.rules.store.swap(self.slot, self._pending, answered, seconds=self.rules.kept_seconds)
        self._pending = ""
