"""All windows and all sampled frames of a capture -> one verdict with its reasons.

One pure function for clip and stream. Its constants are the card's `VerdictRule`. P pairs, h = w side of the
depth grid.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from model.card import ModelCard, VerdictRule
from model.clip import BoolArray, FloatArray, Frame, Square
from model.quality import Reason


class Decision(StrEnum):
    BONA_FIDE = "bona_fide"
    ATTACK = "attack"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Window:
    """What the network and Eq. 11 say of T sampled frames."""

    score: float
    depth_score: float
    bona_fide_probability: float
    frames: tuple[Frame, ...]
    square: Square
    masks_Phw: BoolArray
    coarse_Phw: FloatArray
    temporal_Phw: FloatArray
    refined_Phw: FloatArray


@dataclass(frozen=True, slots=True)
class Observation:
    """What one sampled frame added; `reasons` say why it was not judged."""

    frame: Frame
    reasons: tuple[Reason, ...] = ()
    difference: float | None = None  # to the sampled frame before, luma levels of 255
    residual: float | None = None  # motion since the track began that no homography explains, face heights
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on a capture. `score` is None unless a decision was due."""

    decision: Decision
    score: float | None
    threshold: float
    reasons: tuple[Reason, ...]
    windows: tuple[Window, ...]
    motion: float | None  # the card's quantile of the residuals
    frozen_share: float | None  # of neighbouring sampled frames that repeat
    sampled: int
    dropped: dict[Reason, int]


def decide(observations: Sequence[Observation], *, card: ModelCard) -> Judgement:
    """The stated rule: enough evidence, no frozen picture, then the score, then motion.

    `undecided` where evidence is missing; an attack-like majority of windows cannot be outvoted by a high
    mean.
    """
    rule = card.verdict
    windows = tuple(seen.window for seen in observations if seen.window)
    dropped = Counter(reason for seen in observations for reason in seen.reasons)
    motion, frozen_share = _motion(observations, rule), _frozen_share(observations, rule)
    decision, reasons = Decision.UNDECIDED, _missing(observations, windows, dropped, rule)
    if not reasons and frozen_share is not None and frozen_share > rule.max_frozen_share:
        reasons = (Reason.FROZEN_FRAMES,)
    if not reasons:
        decision = _by_score(windows, card)
    if decision is Decision.BONA_FIDE and (motion is None or motion < rule.min_motion):
        decision, reasons = Decision.UNDECIDED, (Reason.TOO_STILL,)
    score = None if decision is Decision.UNDECIDED else _mean_score(windows)
    return Judgement(
        decision,
        score,
        card.threshold,
        reasons,
        windows,
        motion,
        frozen_share,
        len(observations),
        dict(dropped),
    )


def _missing(
    observations: Sequence[Observation],
    windows: Sequence[Window],
    dropped: Counter[Reason],
    rule: VerdictRule,
) -> tuple[Reason, ...]:
    """What keeps the capture from a verdict: too little of it, and why the rest could not be used."""
    judged = [seen.frame.time for seen in observations if not seen.reasons]
    span = judged[-1] - judged[0] if judged else 0.0
    if len(windows) >= rule.min_windows and span >= rule.min_seconds:
        return ()
    quality = tuple(reason for reason, count in dropped.most_common() if count >= len(observations) / 10)
    return quality or (Reason.TOO_FEW_FRAMES,)


def _by_score(windows: Sequence[Window], card: ModelCard) -> Decision:
    """Mean living score against the threshold, and the share of windows below it."""
    below = float(np.mean([window.score < card.threshold for window in windows]))
    if _mean_score(windows) < card.threshold or below > card.verdict.max_attack_share:
        return Decision.ATTACK
    return Decision.BONA_FIDE


def _mean_score(windows: Sequence[Window]) -> float:
    return float(np.mean([window.score for window in windows]))


def _motion(observations: Sequence[Observation], rule: VerdictRule) -> float | None:
    residuals = [seen.residual for seen in observations if seen.residual is not None]
    return float(np.quantile(residuals, rule.motion_quantile)) if residuals else None


def _frozen_share(observations: Sequence[Observation], rule: VerdictRule) -> float | None:
    differences = [seen.difference for seen in observations if seen.difference is not None]
    if not differences:
        return None
    return float(np.mean([difference <= rule.frozen_difference for difference in differences]))
