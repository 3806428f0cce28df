"""What backends ask for: make a session, read it, erase it."""

import hashlib
import json
import time
from dataclasses import dataclass

from service.access import Caller
from service.audit import Audit, AuditEvent
from service.audit_images import AuditImages
from service.errors import IdempotencyMismatch, SessionUnknown
from service.observe import Metrics
from service.sessions.limits import Limits
from service.sessions.records import Records
from service.sessions.session import Session
from service.sessions.tokens import TokenRing


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose session: names that the backend uses, opaque here and kept as pseudonyms only."""

    subject_ref: str | None = None
    device_ref: str | None = None

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(json.dumps([self.subject_ref, self.device_ref]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Desk:
    records: Records
    limits: Limits
    tokens: TokenRing
    metrics: Metrics
    audit: Audit
    images: AuditImages

    async def create(self, caller: Caller, wanted: Wanted, *, idempotency_key: str | None) -> Session:
        """Raises IdempotencyMismatch, RateLimited, CoolingDown, StoreUnavailable."""
        slot = None if idempotency_key is None else _slot(caller, idempotency_key)
        if slot is not None and (before := await self._made_before(slot, wanted)) is not None:
            return before
        refs = self._pseudonyms(caller, wanted)
        await self.limits.check_creation(caller.name, refs)
        rules = self.records.rules
        session = Session.new(caller.name, refs, rules=rules, now=time.time())
        session = session.model_copy(update={"idempotency": slot})
        await self.records.add(session)
        if slot is not None and not await self._claim(slot, session, wanted):
            await self.records.store.delete(f"session:{session.id}")
            before = await self._made_before(slot, wanted)
            return before or session
        self.metrics.sessions_created.inc()
        self.audit.record(AuditEvent.SESSION_CREATED, session=session.id, key=caller.name)
        return session

    def token(self, session: Session) -> str:
        """The client's; the same each time."""
        return self.tokens.sign(session.id, session.token_id, expires=session.start_by)

    async def read(self, caller: Caller, session_id: str) -> Session:
        """Raises SessionUnknown, also for a session of another key's name."""
        session = await self.records.get(session_id)
        if session.owner != caller.name:
            raise SessionUnknown("there is no such session, or not any more")
        self.audit.record(AuditEvent.SESSION_READ, session=session.id, key=caller.name)
        return session

    async def erase(self, caller: Caller, session_id: str) -> None:
        """Its tokens open nothing from now on, and its result is gone. Raises SessionUnknown."""
        session = await self.records.get(session_id)
        if session.owner != caller.name:
            raise SessionUnknown("there is no such session, or not any more")
        await self.records.erase(session)
        await self.images.erase(session.id)
        self.audit.record(AuditEvent.SESSION_ERASED, session=session.id, key=caller.name)

    def _pseudonyms(self, caller: Caller, wanted: Wanted) -> tuple[str, ...]:
        """Apart for each caller: what one backend calls `42` is nobody of another's."""
        named = (("subject", wanted.subject_ref), ("device", wanted.device_ref))
        return tuple(
            self.tokens.pseudonym(json.dumps([caller.name, kind, ref])) for kind, ref in named if ref
        )

    async def _claim(self, slot: str, session: Session, wanted: Wanted) -> bool:
        seconds = session.kept_seconds(self.records.rules, time.time())
        value = json.dumps([session.id, wanted.fingerprint])
        return await self.records.store.add(slot, value, seconds=seconds)

    async def _made_before(self, slot: str, wanted: Wanted) -> Session | None:
        """Raises IdempotencyMismatch where the key was used with another body."""
        text = await self.records.store.get(slot)
        if text is None:
            return None
        session_id, fingerprint = json.loads(text)
        if fingerprint != wanted.fingerprint:
            raise IdempotencyMismatch("this Idempotency-Key was used with another body")
        try:
            return await self.records.get(session_id)
        except SessionUnknown:  # both end at the same time; the record was a little earlier
            await self.records.store.delete(slot)
            return None


def _slot(caller: Caller, idempotency_key: str) -> str:
    named = json.dumps([caller.name, idempotency_key])
    return f"once:session:{hashlib.sha256(named.encode()).hexdigest()}"
