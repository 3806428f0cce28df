"""One session's record and its states. All changes are functions of a record and the time to a new record."""

import secrets
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from service.schemas import Verdict
from service.sessions.rules import SessionRules
from service.stream.limits import StreamLimits

RESULT_LOST: Final = "result_lost"


class State(StrEnum):
    """CREATED -> IN_PROGRESS -> SUCCEEDED or FAILED; CREATED -> EXPIRED.

    SUCCEEDED says that there is a verdict, whatever it decides; FAILED that the stream ended without one.
    """

    CREATED = "CREATED"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


def new_id() -> str:
    """128 random bits; ids of sessions and of tokens cannot be guessed."""
    return secrets.token_urlsafe(16)


class Session(BaseModel):
    """What the store keeps of a session; times are seconds since 1970. Never a picture."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    owner: str  # the name of the key that made it
    created: float
    start_by: float
    token_id: str  # jti of the client's token
    refs: tuple[str, ...] = ()  # pseudonyms of subject and device
    idempotency: str | None = None  # the store's key of the request that made it
    state: State = State.CREATED
    attempts: int = 0  # accepted upgrades
    began: float = 0.0  # the first stream
    end_by: float = 0.0  # of the stream, with the grace for its result
    resume_id: str | None = None  # jti that may go on with the stream, once
    used: tuple[str, ...] = ()  # burnt jtis
    reason: str | None = None  # why FAILED
    verdict: Verdict | None = None

    @classmethod
    def new(cls, owner: str, refs: tuple[str, ...], *, rules: SessionRules, now: float) -> "Session":
        start_by = now + rules.start_seconds
        return cls(id=new_id(), owner=owner, created=now, start_by=start_by, token_id=new_id(), refs=refs)

    def at(self, now: float) -> "Session":
        """The record as time has made it: what nobody began or ended in time is over."""
        if self.state is State.CREATED and now >= self.start_by:
            return self.model_copy(update={"state": State.EXPIRED})
        if self.state is State.IN_PROGRESS and now >= self.end_by:
            return self.model_copy(update={"state": State.FAILED, "reason": self.reason or RESULT_LOST})
        return self

    def started(self, token_id: str, *, rules: SessionRules, limits: StreamLimits, now: float) -> "Session":
        """The stream begins, or goes on: the token is burnt by this very change."""
        resumable = self.attempts == 0 and limits.resume_seconds > 0
        return self.model_copy(
            update={
                "state": State.IN_PROGRESS,
                "attempts": self.attempts + 1,
                "began": self.began or now,
                "end_by": now + limits.max_seconds + rules.grace_seconds,
                "resume_id": new_id() if resumable else None,
                "used": (*self.used, token_id),
                "reason": None,
            }
        )

    def interrupted(self, reason: str, *, limits: StreamLimits, now: float) -> "Session":
        """The stream was lost; its client may come back for a while."""
        return self.model_copy(update={"end_by": now + limits.resume_seconds, "reason": reason})

    def failed(self, reason: str) -> "Session":
        return self.model_copy(update={"state": State.FAILED, "reason": reason, "resume_id": None})

    def succeeded(self, verdict: Verdict) -> "Session":
        assert verdict.depth_maps is None, "pictures of a face, in their way, are never kept"
        return self.model_copy(
            update={"state": State.SUCCEEDED, "verdict": verdict, "reason": None, "resume_id": None}
        )

    def kept_seconds(self, rules: SessionRules, now: float) -> float:
        """How long the store keeps it from now on."""
        until = {State.CREATED: self.start_by, State.IN_PROGRESS: self.end_by}.get(self.state, now)
        return max(0.0, until - now) + rules.result_seconds
