"""What clients come through: a token opens one stream of one session, once; the stream's end is kept."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from service.audit import Audit, AuditEvent
from service.audit_images import AuditImages
from service.errors import CoolingDown, LivenessError, RateLimited, SessionUnknown, StoreUnavailable
from service.observe import Metrics
from service.schemas import Verdict
from service.sessions.delivery import Delivery
from service.sessions.limits import Limits
from service.sessions.records import Records
from service.sessions.session import Session, State
from service.sessions.tokens import RESUME, STREAM, Claims, TokenRefused, TokenRing
from service.stream.closes import Fault, Refused
from service.stream.limits import StreamLimits
from service.stream.policy import StreamEnd
from service.stream.state import CutShort


@dataclass(frozen=True, slots=True)
class Door:
    records: Records
    limits: Limits
    tokens: TokenRing
    delivery: Delivery
    streams: StreamLimits
    metrics: Metrics
    audit: Audit
    images: AuditImages

    async def check(self, session_id: str, token: str, *, resume: bool) -> Claims:
        """What `open` burns, once there is a place for the stream. Raises Refused where it would: whoever
        comes with a token that was used takes no place from others.
        """
        claims = self._claims(session_id, token, RESUME if resume else STREAM)
        with self._noted(claims):
            await self.limits.check_upgrade(session_id)
            session = await self.records.get(session_id)
            await self.limits.check_cool_down(session.refs)
            _check(session, claims)
        return claims

    async def open(self, claims: Claims) -> Session:
        """Burns the token and begins the stream, in one change of the record. Raises Refused."""
        rules, streams = self.records.rules, self.streams

        def begin(session: Session, now: float) -> Session:
            _check(session, claims)
            if self.delivery.has_verdict_of(session.id):
                raise Refused(Fault.EXPIRED, "this session is over")
            return session.started(claims.token_id, rules=rules, limits=streams, now=now)

        with self._noted(claims):
            session = await self.records.change(claims.session_id, begin)
        self.audit.record(AuditEvent.STREAM_STARTED, session=session.id, attempt=session.attempts)
        return session

    def resume_token(self, session: Session) -> str | None:
        """What goes on with the session's stream, should it be lost."""
        if session.resume_id is None:
            return None
        return self.tokens.sign(session.id, session.resume_id, expires=session.end_by, scope=RESUME)

    async def conclude(self, session: Session, verdict: Verdict) -> bool:
        """Keeps the result, also where the stream is cut meanwhile; where the store is not reached, later.

        False where it does not count, as the session is over or goes on in another stream.
        """
        return await self.delivery.deliver(session, session.succeeded(verdict))

    async def close(self, session: Session, end: StreamEnd) -> None:
        """Keeps how a stream without a verdict ended, and of others the audit images that are wanted."""
        self.audit.record(AuditEvent.STREAM_ENDED, session=session.id, close=int(end.close))
        if end.verdict is not None:
            await self._keep_images(session, end)
            return
        reason = f"closed_{int(end.close)}"
        if end.held:
            result = session.interrupted(reason, limits=self.streams, now=time.time())
        else:
            result = session.failed(reason)
        await self.delivery.deliver(session, result)

    async def _keep_images(self, session: Session, end: StreamEnd) -> None:
        if not (kept := await self.images.keep(session.id, end.pictures)):
            return
        self.audit.record(AuditEvent.IMAGES_SEALED, session=session.id, images=kept)
        with suppress(StoreUnavailable):  # their time ends them
            if await self.records.erased(session.id):  # while they were written
                await self.images.erase(session.id)

    async def cut_off(self, session: Session) -> CutShort:
        """Returns once the session was erased or goes on elsewhere, at whichever replica; looks at times."""
        while True:
            await asyncio.sleep(self.records.rules.watch_seconds)
            with suppress(StoreUnavailable):  # running streams finish without the store
                if await self.records.erased(session.id):
                    return CutShort(Fault.SESSION_ERASED, "this session was erased")
                if await self._goes_on_elsewhere(session):
                    return CutShort(Fault.EXPIRED, "this session goes on in another stream")

    async def _goes_on_elsewhere(self, session: Session) -> bool:
        try:
            return (await self.records.get(session.id)).used != session.used
        except SessionUnknown:  # lost by the store: the stream finishes without it
            return False

    def _claims(self, session_id: str, token: str, scope: str) -> Claims:
        """Raises Refused. The audit is told nothing yet: a stranger writes no line into it."""
        try:
            claims = self.tokens.verify(token, scope=scope)
        except TokenRefused as error:
            self._count(error.fault)
            raise Refused(error.fault, error.message) from error
        if claims.session_id != session_id:
            raise Refused(Fault.SCOPE, "this token is for another session")
        return claims

    @contextmanager
    def _noted(self, claims: Claims) -> Iterator[None]:
        """Counts a refusal and tells the audit; what the service or its store fails at becomes one."""
        try:
            yield
        except LivenessError as error:
            refused = _refused(error)
            self._note(refused, claims)
            raise refused from error
        except Refused as refused:
            self._note(refused, claims)
            raise

    def _note(self, refused: Refused, claims: Claims) -> None:
        self._count(refused.fault)
        self.audit.record(AuditEvent.STREAM_REFUSED, session=claims.session_id, fault=refused.fault)

    def _count(self, fault: Fault) -> None:
        if fault is Fault.TOKEN_USED:
            self.metrics.sessions_replayed.inc()
        if fault is Fault.EXPIRED:
            self.metrics.sessions_expired.inc()


def _check(session: Session, claims: Claims) -> None:
    """Raises Refused unless this token may begin, or go on with, the session's stream."""
    if claims.token_id in session.used:
        raise Refused(Fault.TOKEN_USED, "this token was used: it opens one stream only")
    expected = session.token_id if claims.scope == STREAM else session.resume_id
    if claims.token_id != expected:
        raise Refused(Fault.TOKEN_INVALID, "this token is not the session's")
    if session.state is not (State.CREATED if claims.scope == STREAM else State.IN_PROGRESS):
        raise Refused(Fault.EXPIRED, "this session is over")


def _refused(error: LivenessError) -> Refused:
    match error:
        case SessionUnknown():
            return Refused(Fault.UNKNOWN_SESSION, error.message)
        case RateLimited() | CoolingDown():
            return Refused(Fault.RATE_LIMITED, error.message, retry_after=error.retry_after)
        case StoreUnavailable():
            return Refused(Fault.OVERLOADED, error.message, retry_after=error.retry_after)
        case _:
            return Refused(Fault.INTERNAL, error.message)
