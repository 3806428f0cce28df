"""The landmarks' motion alone: how far a face moves as no plane can. No picture is looked at."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from training.baselines.harness import Scorer, capture_motion
from training.datasets.capture import Capture

_HALF = 0.01  # face heights; the motion that is given the score 1/2


@dataclass(frozen=True, slots=True)
class MotionResidual:
    """There is nothing to fit: the score rises with the motion."""

    name: str = "motion"

    def fit(self, groups: Sequence[Path]) -> Scorer:  # noqa: ARG002 - the harness's protocol
        return motion_score


def motion_score(capture: Capture) -> float:
    """Monotone in the motion, in [0, 1); NaN for a capture of one frame."""
    motion = capture_motion(capture)
    return math.nan if math.isnan(motion) else motion / (motion + _HALF)
