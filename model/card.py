"""The model card: every constant that training and serving must agree on.

It travels inside each ONNX file (metadata key `METADATA_KEY`), so no deployment setting can contradict the
weights. Unknown, missing or ill-typed keys are errors.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal, Self

from pydantic import ConfigDict, TypeAdapter, ValidationError

METADATA_KEY: Final = "liveness_card"

_STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)


class CardError(ValueError):
    """A card that cannot be read, or that disagrees with the graph it travels in."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SamplingRule:
    """Which frames of a stream are looked at (paper section 5.2.2: an interval of three frames)."""

    __pydantic_config__ = _STRICT

    interval: int = 3  # frames between sampled neighbours, where the frame rate is near the paper's
    interval_ms: float = 110.0  # the same in time, for any other frame rate
    min_fps: float = 24.0  # the range in which counting frames is what the paper did
    max_fps: float = 31.0


@dataclass(frozen=True, kw_only=True, slots=True)
class VerdictRule:
    """The constants of `model.verdict`, fitted on development captures only."""

    __pydantic_config__ = _STRICT

    min_windows: int = 8
    min_seconds: float = 1.8  # first to last sampled frame: a 2-second clip spans 1.9 s at 30 fps
    early_seconds: float = 4.0  # of one track, before what is still being captured can be accepted
    moving_share: float = 0.5  # of each `min_windows` or somewhat more: the liveliest, whose scores count
    max_attack_share: float = 0.4  # of those, below the threshold, that the others may outvote

    span_frames: int = 17  # sampled frames over which motion is measured: 2 s
    landmark_floor: float = 0.0045  # face heights that the landmarks of a plane may seem to move
    appearance_floor: float = 0.08  # share of its contrast that a plane's picture may seem to change
    landmark_quantile: float = 0.9  # over the landmarks: a mouth or the eyes alone are life
    noise_share: float = 0.25  # that outlives a frame, as compression and the landmark finder make it do
    max_step: float = 1.5  # of a span's usual step in the picture: a larger one leads to another picture
    motion_credit: float = 2.0  # how many times as clear one measure may be to make up for the other
    min_motion: float = 1.0  # of a span, in units of both floors; a span below it is too still
    max_still_share: float = 0.4  # of the spans that may be too still; below 1

    repeat_change: float = 0.0006  # face heights of motion at or below which a picture repeats another
    frozen_run: int = 5  # neighbours in a row that must repeat one picture to be frozen
    max_frozen_share: float = 0.25  # of neighbouring sampled frames; `paused` freezes 0.4 and more
    loop_run: int = 12  # sampled frames in a row that must come again, 1.3 s
    repeat_ratio: float = 0.5  # change to the repeated frame / to the frame before: at most that of a loop
    laid_repeat_ratio: float = 0.7  # the same of pictures laid on the first face, where drift adds no change
    max_repeated_share: float = 0.3  # of the sampled frames that may come again


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelCard:
    """Facts of one set of weights."""

    __pydantic_config__ = _STRICT

    name: str
    version: str
    variant: str
    status: Literal["test", "preview", "released"]
    licence: str = "Apache-2.0"
    training_run: str  # command, seed and length of the run that made the weights
    data_version: str

    num_frames: int = 5  # T
    face_size: int  # px, side of the network's input
    depth_size: int = 32  # cells, side of every depth map and mask
    crop_scale: float = 1.3  # side of the square / longer side of the landmark box (network.md section 4)
    colour_order: Literal["RGB"] = "RGB"
    input_low: float = -0.5  # values that 0 and 255 are mapped to, after the tone stretch
    input_high: float = 0.5
    tone_percentiles: tuple[float, float] | None = (1.0, 99.0)  # of the face's luma, mapped to 0 and 255

    alpha: float = 0.6  # refined = (1 - alpha) * coarse + alpha * temporal, Eq. 4
    beta: float = 0.8  # weight of the bona fide probability in the living score, Eq. 11
    threshold: float  # of the living score, chosen on dev; a score at or above it is bona fide
    sampling: SamplingRule = SamplingRule()
    verdict: VerdictRule = VerdictRule()

    @property
    def num_pairs(self) -> int:
        """P: neighbouring pairs of a window."""
        return self.num_frames - 1

    def to_json(self) -> str:
        return _ADAPTER.dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str) -> "ModelCard":
        """Raises CardError on unknown, missing or ill-typed keys."""
        try:
            return _ADAPTER.validate_json(text, strict=True)
        except ValidationError as error:
            raise CardError(f"not a model card: {error}") from error

    def with_decision(self, *, threshold: float, verdict: VerdictRule | None = None) -> Self:
        """The same weights with the decision constants that dev gave."""
        return replace(self, threshold=threshold, verdict=verdict or self.verdict)


_ADAPTER: Final = TypeAdapter(ModelCard)
