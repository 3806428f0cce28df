"""Sessions in their store: read, and changed by comparing and swapping, so that no change is lost."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from service.errors import SessionUnknown
from service.sessions.rules import SessionRules
from service.sessions.session import Session
from service.sessions.store import Store


@dataclass(frozen=True, slots=True)
class Records:
    store: Store
    rules: SessionRules

    async def add(self, session: Session) -> None:
        seconds = session.kept_seconds(self.rules, time.time())
        await self.store.add(_key(session.id), _text(session), seconds=seconds)

    async def get(self, session_id: str) -> Session:
        """As it is now. Raises SessionUnknown."""
        _, session = await self._load(session_id)
        return session.at(time.time())

    async def change(self, session_id: str, change: Callable[[Session, float], Session]) -> Session:
        """Applies `change` to the record as it is now, and again wherever somebody else was faster.

        What `change` raises ends it. Raises SessionUnknown.
        """
        while True:
            text, session = await self._load(session_id)
            now = time.time()
            changed = change(session.at(now), now)
            seconds = changed.kept_seconds(self.rules, now)
            new = _text(changed)
            if await self.store.swap(_key(session_id), text, new, seconds=seconds):
                return changed

    async def erase(self, session: Session) -> None:
        """Leaves a mark until no stream of it can run any more: a record that is only gone may be a loss."""
        seconds = session.kept_seconds(self.rules, time.time())
        await self.store.add(_mark(session.id), "1", seconds=seconds)
        keys = [_key(session.id)] + ([session.idempotency] if session.idempotency else [])
        await self.store.delete(*keys)

    async def erased(self, session_id: str) -> bool:
        """Whether somebody asked for it, at whichever replica."""
        return await self.store.get(_mark(session_id)) is not None

    async def _load(self, session_id: str) -> tuple[str, Session]:
        text = await self.store.get(_key(session_id))
        if text is None:
            raise SessionUnknown("there is no such session, or not any more")
        return text, Session.model_validate_json(text)


def _text(session: Session) -> str:
    return session.model_dump_json(exclude_unset=True)


def _mark(session_id: str) -> str:
    return f"erased:{session_id}"


def _key(session_id: str) -> str:
    return f"session:{session_id}"
