"""What the service says, as values; fields that this client does not know are left alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class WindowScore:
    time: float  # seconds from the first frame to the window's newest
    score: float
    depth_score: float
    bona_fide_prob: float


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
class Ready:
    credit: int
    needed: int  # windows that a verdict needs at least
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
