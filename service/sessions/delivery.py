"""Results on their way to the store: one that finds it down is brought again until it would be too late."""

import asyncio
import logging
import time
from dataclasses import dataclass, field
from typing import Final

from service.audit import Audit, AuditEvent
from service.errors import SessionUnknown, StoreUnavailable
from service.observe import Metrics
from service.sessions.limits import Limits
from service.sessions.records import Records
from service.sessions.seen import SeenBefore
from service.sessions.session import Session, State
from service.stopping import stop

_FIRST_WAIT: Final = 0.25  # seconds, doubled up to
_LONGEST_WAIT: Final = 2.0
_CLOSING_SECONDS: Final = 10.0

_log = logging.getLogger(__name__)


class _TooLate(Exception):  # noqa: N818 - it is called what it says
    """The session was read as over, or began again: a result may not change what was said."""


@dataclass(slots=True)
class Delivery:
    records: Records
    limits: Limits
    metrics: Metrics
    audit: Audit
    seen: SeenBefore
    _waiting: dict[asyncio.Task[None], Session] = field(default_factory=dict)

    async def deliver(self, session: Session, result: Session) -> None:
        """Returns after the first try, so that the client hears now; what the store cannot take goes on.

        All of it is done apart: whoever leaves while this waits takes no result along.
        """
        tried = asyncio.Event()
        task = asyncio.create_task(self._go_on(session, result, tried))
        self._waiting[task] = result
        task.add_done_callback(self._waiting.pop)
        task.add_done_callback(lambda _: tried.set())
        await tried.wait()

    def has_verdict_of(self, session_id: str) -> bool:
        """Whether one is on its way: the session is over, though its record does not say so yet."""
        return any(each.id == session_id and each.verdict is not None for each in self._waiting.values())

    async def close(self) -> None:
        """Waits a while for what is on its way; what then is not brought is said to be lost."""
        if not self._waiting:
            return
        _, late = await asyncio.wait(self._waiting, timeout=_CLOSING_SECONDS)
        await stop(late)

    async def _go_on(self, session: Session, result: Session, tried: asyncio.Event) -> None:
        try:
            delivered = await self._until_it_is_too_late(session, await self._marked(result), tried)
        except asyncio.CancelledError:
            self._lost(session, result)
            raise
        except Exception:
            _log.exception("a delivery failed", extra={"session": session.id})
            delivered = False
        if not delivered:
            self._lost(session, result)

    async def _marked(self, result: Session) -> Session:
        if result.verdict is None:
            return result
        return result.succeeded(await self.seen.marked(result.verdict))

    async def _until_it_is_too_late(self, session: Session, result: Session, tried: asyncio.Event) -> bool:
        wait = _FIRST_WAIT
        while not await self._reached(session, result):
            if not tried.is_set():
                _log.warning("a result waits for the store", extra={"session": session.id})
                tried.set()
            if time.time() + wait >= session.end_by:
                return False
            await asyncio.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT)
        return True

    async def _reached(self, session: Session, result: Session) -> bool:
        try:
            await self._bring(session, result)
        except StoreUnavailable:
            return False
        return True

    async def _bring(self, session: Session, result: Session) -> None:
        def conclude(kept: Session, _now: float) -> Session:
            if kept == result:  # by a try whose answer was lost
                return result
            if kept.state is not State.IN_PROGRESS or kept.used != session.used:
                raise _TooLate
            return result

        try:
            await self.records.change(session.id, conclude)
        except _TooLate:  # GET says so
            self._lost(session, result)
            return
        except SessionUnknown:
            if not await self.records.erased(session.id):  # what was erased is not lost
                self._lost(session, result)
            return
        if result.verdict is not None and result.verdict.decision != "bona_fide":
            await self._count_failure(session)
        self.audit.record(AuditEvent.RESULT_STORED, session=session.id, state=result.state)

    async def _count_failure(self, session: Session) -> None:
        try:
            await self.limits.count_failure(session.refs)
        except StoreUnavailable:  # the result is kept; one failure fewer is counted
            _log.warning("a failure was not counted", extra={"session": session.id})

    def _lost(self, session: Session, result: Session) -> None:
        if result.verdict is None:  # only how a stream ended: time says the same
            return
        self.metrics.results_lost.inc()
        self.audit.record(AuditEvent.RESULT_LOST, session=session.id)
        _log.error("a result is lost", extra={"session": session.id})
