"""Results on their way to the store: one that finds it down is brought again until it would be too late."""

import asyncio
import logging
import time
from dataclasses import dataclass, field
from enum import Enum, auto
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


class _Ending(Enum):
    """What became of a result."""

    KEPT = auto()
    LATE = auto()  # the session was read as over
    SUPERSEDED = auto()  # it goes on in another stream: only that one's result is the session's
    ERASED = auto()  # nothing of it is wanted


class _Refused(Exception):  # noqa: N818 - it is called what it says
    """The record does not take the result."""

    def __init__(self, ending: _Ending) -> None:
        super().__init__(ending)
        self.ending = ending


@dataclass(slots=True)
class Delivery:
    records: Records
    limits: Limits
    metrics: Metrics
    audit: Audit
    seen: SeenBefore
    _waiting: dict[asyncio.Task[_Ending], Session] = field(default_factory=dict)

    async def deliver(self, session: Session, result: Session) -> bool:
        """Returns after the first try, so that the client hears now; what the store cannot take goes on.

        False where the result does not count. All of it is done apart: whoever leaves while this waits takes
        no result along.
        """
        tried = asyncio.Event()
        task = asyncio.create_task(self._go_on(session, result, tried))
        self._waiting[task] = result
        task.add_done_callback(self._waiting.pop)
        task.add_done_callback(lambda _: tried.set())
        await tried.wait()
        return not task.done() or (not task.cancelled() and task.result() is _Ending.KEPT)

    def has_verdict_of(self, session_id: str) -> bool:
        """Whether one is on its way: the session is over, though its record does not say so yet."""
        return any(each.id == session_id and each.verdict is not None for each in self._waiting.values())

    async def close(self) -> None:
        """Waits a while for what is on its way; what then is not brought is said to be lost."""
        if not self._waiting:
            return
        _, late = await asyncio.wait(self._waiting, timeout=_CLOSING_SECONDS)
        await stop(late)

    async def _go_on(self, session: Session, result: Session, tried: asyncio.Event) -> _Ending:
        ending = _Ending.LATE
        try:
            ending = await self._until_it_is_too_late(session, await self._marked(result), tried)
        except Exception:
            _log.exception("a delivery failed", extra={"session": session.id})
        finally:
            if ending is _Ending.LATE:
                self._lost(session, result)
        await self._told(session, result, ending)
        return ending

    async def _marked(self, result: Session) -> Session:
        if result.verdict is None:
            return result
        return result.succeeded(await self.seen.marked(result.verdict))

    async def _until_it_is_too_late(self, session: Session, result: Session, tried: asyncio.Event) -> _Ending:
        wait = _FIRST_WAIT
        while True:
            try:
                return await self._brought(session, result)
            except StoreUnavailable:
                if not tried.is_set():
                    _log.warning("a result waits for the store", extra={"session": session.id})
                    tried.set()
            if time.time() + wait >= session.end_by:
                return _Ending.LATE
            await asyncio.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT)

    async def _brought(self, session: Session, result: Session) -> _Ending:
        def conclude(kept: Session, _now: float) -> Session:
            if kept == result:  # by a try whose answer was lost
                return result
            if kept.used != session.used:
                raise _Refused(_Ending.SUPERSEDED)
            if kept.state is not State.IN_PROGRESS:  # GET has said so
                raise _Refused(_Ending.LATE)
            return result

        try:
            await self.records.change(session.id, conclude)
        except _Refused as refused:
            return refused.ending
        except SessionUnknown:
            return _Ending.ERASED if await self.records.erased(session.id) else _Ending.LATE
        return _Ending.KEPT

    async def _told(self, session: Session, result: Session, ending: _Ending) -> None:
        """A failure counts though its stream was superseded: else each resume would be a free try."""
        if ending not in (_Ending.KEPT, _Ending.SUPERSEDED):
            return
        if result.verdict is not None and result.verdict.decision != "bona_fide":
            await self._count_failure(session)
        event = AuditEvent.RESULT_STORED if ending is _Ending.KEPT else AuditEvent.RESULT_SUPERSEDED
        self.audit.record(event, session=session.id, state=result.state)

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
