"""Wire types: what REST, the terminal and the streams say of a verdict."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from model.calibration import Calibration
from model.card import ModelCard
from model.quality import QualityGates, Reason
from model.verdict import Decision
from model.video import VideoLimits
from service.engine.serving import EngineInfo
from service.timeline import Stage


class WireModel(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class WindowScore(WireModel):
    """What the network and Eq. 11 say of one window of sampled frames."""

    time: float = Field(description="seconds from the clip's first frame to the window's newest frame")
    score: float = Field(ge=0, le=1, description="living score of Eq. 11")
    depth_score: float = Field(ge=0, le=1, description="mean refined depth on the face: Eq. 11's second term")
    bona_fide_prob: float = Field(ge=0, le=1, description="the classifier's probability: Eq. 11's first term")
    counts: bool = Field(description="among the livelier half of its second, whose scores decide")


class DepthMaps(WireModel):
    """One window's maps as data URLs of 8-bit grey PNGs: 0 to 255 is depth 0 to 1, nearer is brighter.

    The maps of the window's frames but the last lie side by side, oldest first.
    """

    time: float = Field(description="as in `windows`")
    mask: str = Field(description="the depth cells on the face")
    coarse: str = Field(description="depth from each single frame")
    temporal: str = Field(description="depth from the motion between neighbouring frames; below 0 is black")
    refined: str = Field(description="the blend of both that Eq. 11 scores")


class FrameCounts(WireModel):
    received: int = Field(description="frames in the clip")
    sampled: int = Field(description="frames that were looked at")
    used: int = Field(description="frames that became part of a judged window")
    dropped: dict[Reason, int] = Field(
        description="sampled frames that a gate kept back; one may have several"
    )
    late: int = Field(default=0, description="sampled frames of a stream that the service had no time for")


class SamplingUsed(WireModel):
    sampled_by: Literal["frame_count", "time"] = Field(
        description="every n-th frame, or by capture time where the frame rate is not 25-30 per second"
    )
    interval: int = Field(description="n")
    interval_ms: float = Field(description="the interval in time")


class Evidence(WireModel):
    """What decides beside the score; null where it could not be measured."""

    motion: float | None = Field(
        description="motion that no plane explains; a picture, however it is held, stays below 1"
    )
    frozen_share: float | None = Field(description="neighbouring sampled frames that repeat")


class Signals(WireModel):
    """Hints that somebody put a film in the camera's place: signals, not proof, and no part of the score.

    Cameras stutter, and a careful injection looks ordinary. Null where it was not measured.
    """

    timing_jitter: float | None = Field(
        description="deviation of the intervals between frames, in medians; 0 is more even than cameras are. "
        "Of a stream: of the capture times that the client states"
    )
    looped_share: float | None = Field(
        description="sampled frames that repeat an earlier passage, by perceptual hash"
    )
    size_as_declared: bool | None = Field(
        description="whether pictures are as large as the file, or a stream's `hello`, says"
    )
    duration_as_declared: bool | None = Field(
        description="whether it lasts as long as the file says (of an MP4, FFmpeg believes its frames); of a "
        "stream: whether the client's clock ran as fast as the service's"
    )
    rate_as_declared: bool | None = Field(
        description="whether frames come as often as the file, or a stream's `hello`, says"
    )
    seen_before: bool | None = Field(
        description="whether these very bytes were judged before, for a while; of a session: its pictures"
    )


class ModelName(WireModel):
    name: str
    version: str
    status: Literal["test", "preview", "released"] = Field(
        description="`preview` weights are for trying the service, not for deciding who gets in"
    )
    sha256: str = Field(description="of `sha256sum frame_encoder.onnx pair_head.onnx window_head.onnx`")


class Verdict(WireModel):
    """An attack is a decision, not an error; `undecided` has reasons and no score.

    After `undecided` offer the person another way: a missing verdict says nothing against them.
    """

    decision: Decision
    score: float | None = Field(description="mean living score of the counted windows; null when undecided")
    threshold: float = Field(description="a score at or above it is bona fide")
    reasons: tuple[Reason, ...] = Field(description="why there is no verdict")
    windows: tuple[WindowScore, ...]
    evidence: Evidence
    frames: FrameCounts
    sampling: SamplingUsed
    model: ModelName
    timings_ms: dict[Stage | Literal["total"], float] = Field(
        description="wall time by stage, some of them side by side; `queue` is waiting, `score` what lies "
        "between the other stages"
    )
    digest: str = Field(
        description="sha256 of the clip's bytes; of a stream, of its pictures",
        examples=["sha256:9f86d081884c7d65..."],
    )
    signals: Signals | None = Field(default=None, description="of injection, apart from the score")
    depth_maps: tuple[DepthMaps, ...] | None = Field(
        default=None, description="only where they were asked for"
    )


class Problem(BaseModel):
    """RFC 9457; `code` is stable, `detail` a sentence for people."""

    type: str = Field(examples=["urn:liveness:problem:overloaded"])
    title: str
    status: int
    detail: str
    code: str
    request_id: str


class EngineState(WireModel):
    """What was asked to run the network, and what does."""

    asked: tuple[str, ...]
    running: str
    device: str
    fell_back: bool

    @classmethod
    def of(cls, info: EngineInfo) -> Self:
        return cls(asked=info.asked, running=info.running, device=info.device, fell_back=info.fell_back)


class ModelDescription(WireModel):
    card: ModelCard = Field(description="as verdicts are made by it: a calibration's threshold stands in it")
    calibration: Calibration | None = Field(
        default=None, description="where the threshold comes from; null: it is the weights' own"
    )
    sha256: str
    files: dict[str, str]
    gates: QualityGates
    limits: VideoLimits
    engine: EngineState


class Health(WireModel):
    status: Literal["ok"]


class Readiness(WireModel):
    ready: bool
    engine: EngineState
