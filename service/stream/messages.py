"""The JSON messages of `liveness.v1`, in the order in which a stream sees them."""

from enum import StrEnum
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from model.quality import Reason
from service.schemas import Verdict
from service.stream.closes import Fault

SUBPROTOCOL: Final = "liveness.v1"


class Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Hello(Message):
    """Opens the stream; what it declares is compared with what comes."""

    type: Literal["hello"] = "hello"
    version: Literal[1] = Field(description="of the protocol")
    width: int = Field(ge=1, le=65535, description="px of the camera's pictures")
    height: int = Field(ge=1, le=65535)
    fps: float = Field(gt=0, le=240, description="pictures a second that the camera gives")
    trace: bool = Field(default=False, description="asks for `trace`; `ready` says whether it is given")


class End(Message):
    """The client has sent all that it will: the verdict is due."""

    type: Literal["end"] = "end"


ClientMessage: TypeAlias = Annotated[Hello | End, Field(discriminator="type")]


class Limits(Message):
    max_message_bytes: int
    max_long_side: int = Field(description="px of a picture, whichever way it is turned")
    max_short_side: int
    max_fps: float
    max_seconds: float


class Ready(Message):
    """The service takes frames."""

    type: Literal["ready"] = "ready"
    limits: Limits
    credit: int = Field(description="frames that may be sent now; each `ack` adds to it")
    needed: int = Field(description="windows that a verdict usually takes")
    trace: bool = Field(description="whether `trace` will be sent")
    resume_token: str | None = Field(
        default=None,
        description="if the connection is lost: connect again once with the subprotocols "
        "`liveness.v1, resume.<token>`; frames in work are lost, what was judged is kept. Where another "
        "instance answers, or the loss was not noticed yet, a session's capture begins anew",
    )


class Ack(Message):
    """Every frame gets its credit back once it no longer waits here."""

    type: Literal["ack"] = "ack"
    sequence: int = Field(description="the newest frame that was received")
    credit: int = Field(description="frames that may be sent beyond those that were allowed before")


class Hint(StrEnum):
    """A hint that is no reason."""

    MOVE_A_LITTLE = "move_a_little"


class Guidance(Message):
    """What the person can do now; not sent again before 300 ms have passed."""

    type: Literal["guidance"] = "guidance"
    code: Reason | Hint | None = Field(description="null: all is well, the hint before no longer holds")


class Progress(Message):
    type: Literal["progress"] = "progress"
    windows: int = Field(description="windows that were judged")
    needed: int = Field(description="windows that a verdict usually takes")


class Trace(Message):
    """One window, for development; pictures are data URLs."""

    type: Literal["trace"] = "trace"
    time: float = Field(description="seconds from the first frame to the window's newest")
    score: float = Field(description="living score of Eq. 11")
    crop: str = Field(description="JPEG: the newest face as the network sees it")
    coarse: str = Field(
        description="PNG: maps of the window's earlier frames side by side, nearer is brighter"
    )
    temporal: str
    refined: str


class Result(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    RETRY = "retry"  # no verdict: let the person try again, or offer another way


class Outcome(Message):
    """The answer; the service closes the stream after it."""

    type: Literal["outcome"] = "outcome"
    result: Result
    verdict: Verdict | None = Field(default=None, description="the open stream only")


class ErrorMessage(Message):
    type: Literal["error"] = "error"
    code: Fault
    message: str = Field(description="for whoever wrote the client")
    fatal: bool = Field(description="whether the stream is closed now")
    retry_after: int | None = Field(default=None, description="seconds")


class DrainingMessage(Message):
    """The service shuts down: finish, or come back later (another instance answers)."""

    type: Literal["draining"] = "draining"
    seconds: float = Field(description="until the stream is closed with 1012")


ServerMessage: TypeAlias = Annotated[
    Ready | Ack | Guidance | Progress | Trace | Outcome | ErrorMessage | DrainingMessage,
    Field(discriminator="type"),
]

FROM_CLIENT: Final[TypeAdapter[Hello | End]] = TypeAdapter(ClientMessage)
FROM_SERVER: Final[TypeAdapter[ServerMessage]] = TypeAdapter(ServerMessage)
