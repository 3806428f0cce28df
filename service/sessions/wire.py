"""Wire types of sessions."""

from datetime import UTC, datetime
from typing import Self

from pydantic import ConfigDict, Field

from service.schemas import Verdict, WireModel
from service.sessions.session import Session, State
from service.settings import Settings
from service.stream.messages import Result
from service.stream.protocol import RESULT


class SessionRequest(WireModel):
    """All of it may be left out; refs count for rate limits and the cool-down."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject_ref: str | None = Field(
        default=None, min_length=1, max_length=128, description="your name for the person; not for display"
    )
    device_ref: str | None = Field(
        default=None, min_length=1, max_length=128, description="your name for the device"
    )


class SessionPolicy(WireModel):
    start_seconds: float = Field(description="to begin the stream")
    stream_seconds: float = Field(description="of stream")
    resume_seconds: float = Field(description="to go on with a lost stream, once")
    result_seconds: float = Field(description="how long the result can be read")

    @classmethod
    def of(cls, settings: Settings) -> Self:
        rules, streams = settings.sessions, settings.streams
        return cls(
            start_seconds=rules.start_seconds,
            stream_seconds=streams.max_seconds,
            resume_seconds=streams.resume_seconds,
            result_seconds=rules.result_seconds,
        )


class SessionCreated(WireModel):
    session_id: str
    client_token: str = Field(description="good for one stream of this session")
    ws_url: str = Field(description="connect with the subprotocols `liveness.v1, token.<client_token>`")
    expires_at: datetime = Field(description="when the stream has to have begun")
    policy: SessionPolicy


class SessionView(WireModel):
    session_id: str
    status: State
    created_at: datetime
    expires_at: datetime = Field(description="when the stream has to have begun")
    attempts: int = Field(description="upgrades that were accepted")
    reason: str | None = Field(
        default=None,
        description="of FAILED: `closed_<close code>`, or `result_lost`",
        examples=["closed_4408"],
    )
    outcome: Result | None = Field(default=None, description="what the client was told")
    verdict: Verdict | None = Field(default=None, description="only with the scope `results:read`")

    @classmethod
    def of(cls, session: Session, *, whole: bool) -> Self:
        view = cls(
            session_id=session.id,
            status=session.state,
            created_at=datetime.fromtimestamp(session.created, UTC),
            expires_at=datetime.fromtimestamp(session.start_by, UTC),
            attempts=session.attempts,
            reason=session.reason,
        )
        if session.verdict is None:
            return view
        told = view.model_copy(update={"outcome": RESULT[session.verdict.decision]})
        return told.model_copy(update={"verdict": session.verdict}) if whole else told
