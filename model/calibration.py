"""A threshold of one's own: chosen on a customer's clips, bound to the graphs that scored them.

`python -m training calibrate` writes it; whoever serves loads it explicitly, and it is shown beside the card.
Unknown, missing or ill-typed keys are errors, and so is a calibration for other graphs.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from model.card import CardError, ModelCard

FILE_NAME: Final = "calibration.json"
GRAPHS: Final = ("frame_encoder.onnx", "pair_head.onnx", "window_head.onnx")  # what streams and clips run

_STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)


class CalibrationError(CardError):
    """A calibration that cannot be read, or that was made with other graphs."""

    code = "calibration_mismatch"


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """`count` of `total` captures, and the exact 95 % interval of the rate."""

    __pydantic_config__ = _STRICT

    count: int
    total: int
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """A decision threshold and the evidence for it."""

    __pydantic_config__ = _STRICT

    format: Literal[1] = 1
    threshold: float  # of the living score; a score at or above it is bona fide
    threshold_low: (
        float  # 95 % interval of the threshold that has the target error, whatever the distribution
    )
    threshold_high: float
    target_bpcer: float  # share of bona fide captures that may be taken for attacks
    bpcer: Counted  # of the captures the threshold was chosen on, those that it leaves undecided apart
    bpnrr: Counted  # bona fide captures that are undecided at this threshold: in no error rate
    apcer: dict[str, Counted] = field(default_factory=dict)  # by species, where some attacks are decided
    apnrr: dict[str, Counted] = field(default_factory=dict)  # by species, where attacks were given
    model: str  # the card's name and version
    graphs: dict[str, str]  # file name -> SHA-256
    source: str  # what the captures were
    made: str  # ISO date

    def to_json(self) -> str:
        return _ADAPTER.dump_json(self, indent=2).decode() + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Calibration":
        """Raises CalibrationError on unknown, missing or ill-typed keys."""
        try:
            return _ADAPTER.validate_json(text, strict=True)
        except ValidationError as error:
            raise CalibrationError(f"not a calibration: {error}") from error

    def applied_to(self, card: ModelCard, graphs: Mapping[str, str]) -> ModelCard:
        """The card with this threshold. Raises CalibrationError where the graphs are other ones."""
        if graphs != self.graphs:
            other = sorted(
                name for name in {*graphs, *self.graphs} if graphs.get(name) != self.graphs.get(name)
            )
            raise CalibrationError(
                f"the calibration was made with {self.model}, not with these weights ({', '.join(other)} "
                "differ); run `python -m training calibrate` again with them"
            )
        return card.with_decision(threshold=self.threshold)


def graph_hashes(weights: Path) -> dict[str, str]:
    """SHA-256 of each graph that decides. Raises CalibrationError where one is missing."""
    missing = [name for name in GRAPHS if not (weights / name).is_file()]
    if missing:
        raise CalibrationError(
            f"{weights} has no {', '.join(missing)}; name the folder of the exported graphs"
        )
    return {name: hashlib.sha256((weights / name).read_bytes()).hexdigest() for name in GRAPHS}


_ADAPTER: Final = TypeAdapter(Calibration)
