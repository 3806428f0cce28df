"""What the service says, as values; fields that this client does not know are left alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class WindowScore:
    time: float  # seconds from the first frame to the window's newest
    score: float
    depth_score: float
    bona_fide_prob: float
    counts: bool = True  # whether its score decides


@dataclass(frozen=True, slots=True)
class Verdict:
    decision: str  # "bona_fide", "attack" or "undecided"
    score: float | None
    threshold: float
    reasons: tuple[str, ...]
    windows: tuple[WindowScore, ...]
    document: Mapping[str, Any] = field(repr=False)  # all that was said

    @property
    def is_bona_fide(self) -> bool:
        return self.decision == "bona_fide"


@dataclass(frozen=True, slots=True)
class CreatedSession:
    """`client_token` opens one stream of this session: hand it to its client and keep it from all else."""

    session_id: str
    client_token: str = field(repr=False)
    ws_url: str
    expires_at: datetime  # when the stream has to have begun
    policy: Mapping[str, float]  # seconds


@dataclass(frozen=True, slots=True)
class SessionResult:
    session_id: str
    status: str  # "CREATED", "IN_PROGRESS", "SUCCEEDED" (there is a verdict), "FAILED" or "EXPIRED"
    expires_at: datetime
    attempts: int  # streams that were accepted
    reason: str | None  # why FAILED
    outcome: str | None  # what the client was told: "passed", "failed" or "retry"
    verdict: Verdict | None  # with the scope `results:read`

    @property
    def is_over(self) -> bool:
        return self.status in ("SUCCEEDED", "FAILED", "EXPIRED")


@dataclass(frozen=True, slots=True)
class Ready:
    credit: int
    needed: int  # windows that a verdict usually takes
    trace: bool
    resume_token: str | None
    limits: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Ack:
    sequence: int
    credit: int


@dataclass(frozen=True, slots=True)
class Guidance:
    code: str | None  # None: all is well


@dataclass(frozen=True, slots=True)
class Progress:
    windows: int
    needed: int


@dataclass(frozen=True, slots=True)
class Trace:
    time: float
    score: float
    crop: str  # data URLs
    coarse: str
    temporal: str
    refined: str


@dataclass(frozen=True, slots=True)
class Draining:
    seconds: float


@dataclass(frozen=True, slots=True)
class Failure:
    code: str
    message: str
    fatal: bool
    retry_after: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    result: str  # "passed", "failed" or "retry"
    verdict: Verdict | None  # where the service tells it


Event: TypeAlias = Ready | Ack | Guidance | Progress | Trace | Draining | Failure | Outcome
_PLAIN: dict[str, type[Any]] = {
    "ready": Ready,
    "ack": Ack,
    "guidance": Guidance,
    "progress": Progress,
    "trace": Trace,
    "draining": Draining,
    "error": Failure,
}


def read_verdict(document: Mapping[str, Any]) -> Verdict:
    """Raises KeyError and TypeError where it is none."""
    return Verdict(
        document["decision"],
        document["score"],
        document["threshold"],
        tuple(document["reasons"]),
        tuple(_known(WindowScore, window) for window in document["windows"]),
        document,
    )


def read_created(document: Mapping[str, Any]) -> CreatedSession:
    """Raises KeyError, TypeError and ValueError where it is none."""
    expires = datetime.fromisoformat(document["expires_at"])
    known: CreatedSession = _known(CreatedSession, {**document, "expires_at": expires})
    return known


def read_session(document: Mapping[str, Any]) -> SessionResult:
    """Raises KeyError, TypeError and ValueError where it is none."""
    said = document.get("verdict")
    return SessionResult(
        document["session_id"],
        document["status"],
        datetime.fromisoformat(document["expires_at"]),
        document["attempts"],
        document.get("reason"),
        document.get("outcome"),
        said and read_verdict(said),
    )


def read_event(message: Mapping[str, Any]) -> Event | None:
    """None for a message of a kind that this client does not know."""
    kind = message["type"]
    if kind == "outcome":
        said = message.get("verdict")
        return Outcome(message["result"], said and read_verdict(said))
    event: Event | None = _known(_PLAIN[kind], message) if kind in _PLAIN else None
    return event


def _known(kind: type[Any], message: Mapping[str, Any]) -> Any:
    return kind(**{name: message[name] for name in kind.__dataclass_fields__})
