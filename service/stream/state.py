"""What the protocol knows of one stream, what happens to it, and what it asks for: values only.

Times named `now` and `..._at` are seconds of one monotonic clock.
"""

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TypeAlias

from model.card import SamplingRule
from model.quality import Reason
from model.sampling import Sampler
from service.schemas import Verdict
from service.stream.closes import Close, Fault
from service.stream.codec import Codec
from service.stream.guidance import Hints
from service.stream.limits import StreamLimits
from service.stream.messages import Hello, Message, Trace
from service.stream.rate import FrameRate


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What holds for the whole stream."""

    limits: StreamLimits
    sampling: SamplingRule
    needed: int  # windows
    whole_verdict: bool  # whether the client hears more than the result
    may_trace: bool
    stop_when_decided: bool
    resume_token: str | None


@dataclass(frozen=True, slots=True)
class Picture:
    """A sampled frame on its way to be judged."""

    data: memoryview
    codec: Codec
    size: tuple[int, int]  # px, width and height
    time: float  # seconds since the stream's first frame
    index: int  # among the frames received
    arrived_at: float


class Phase(Enum):
    GREETING = auto()  # until `hello`
    STREAMING = auto()
    ENDING = auto()  # no further frame is taken, the last ones are judged
    CONCLUDING = auto()  # the verdict is made
    CLOSED = auto()


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamNow:
    """One stream at one moment."""

    phase: Phase = Phase.GREETING
    since_at: float  # when the phase of greeting or of streaming began
    heard_at: float  # when the newest frame came, at first as `since_at`
    hello: Hello | None = None  # what the client declared
    trace: bool = False
    sequence: int = -1
    first_captured: int | None = None  # microseconds of the client's clock
    captured: int = -1
    credit: int = 0  # frames that the client may still send
    rate: FrameRate = field(default_factory=FrameRate)
    sampler: Sampler = field(default_factory=Sampler)
    received: int = 0
    late: int = 0  # sampled frames that were dropped
    judging: bool = False
    waiting: Picture | None = None
    windows: int = 0
    hints: Hints = field(default_factory=Hints)
    drained_at: float | None = None  # when the service will close the stream
    timed_out: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """What became of a picture."""

    picture: Picture
    reasons: tuple[Reason, ...] = ()
    windows: int = 0  # so far
    still: bool = False  # the newest two seconds hardly moved
    decided: bool = False
    trace: Trace | None = None
    late: bool = False  # the service had no time for it
    fault: tuple[Fault, str] | None = None


@dataclass(frozen=True, slots=True)
class Say:
    message: Message


@dataclass(frozen=True, slots=True)
class Judge:
    picture: Picture


@dataclass(frozen=True, slots=True)
class Conclude:
    """Make the verdict on what was seen."""

    timed_out: bool


@dataclass(frozen=True, slots=True)
class Shut:
    close: Close
    fault: Fault | None = None


Action: TypeAlias = Say | Judge | Conclude | Shut
Step: TypeAlias = tuple[StreamNow, tuple[Action, ...]]


@dataclass(frozen=True, slots=True)
class TextCame:
    text: str


@dataclass(frozen=True, slots=True)
class FrameCame:
    data: bytes


@dataclass(frozen=True, slots=True)
class Concluded:
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class DrainBegan:
    """The service shuts down."""


@dataclass(frozen=True, slots=True)
class CutShort:
    """The stream may not go on, or has nothing to say: its session was erased, or goes on elsewhere."""

    fault: Fault
    message: str


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Nothing happened, but `protocol.wake_at` said to look."""


Event: TypeAlias = TextCame | FrameCame | Judged | Concluded | DrainBegan | CutShort | TimePassed
