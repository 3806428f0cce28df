"""All windows and all sampled frames of a capture -> one verdict with its reasons.

One pure function for clip and stream. Its constants are the card's `VerdictRule`. P pairs, h = w side of the
depth grid.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from model.card import ModelCard, VerdictRule
from model.clip import BoolArray, FloatArray, Frame, Square
from model.motion import Trace, capture_motion, motion_of, movements, tracks
from model.quality import Reason
from model.repetition import frozen_share, repeated_share


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
    trace: Trace | None = None  # its part in the evidence of time
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Time:
    """What the sampled frames say together; None where there are too few."""

    motion: float | None
    frozen_share: float | None
    repeated_share: float | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on a capture. `score` is None unless a decision was due."""

    decision: Decision
    score: float | None
    threshold: float
    reasons: tuple[Reason, ...]
    windows: tuple[Window, ...]
    motion: float | None  # that all but the card's share of windows reach; 1 is what a plane may show
    frozen_share: float | None  # of neighbouring sampled frames that repeat one picture
    sampled: int
    dropped: dict[Reason, int]
    repeated_share: float | None = None  # of sampled frames in a sequence that comes again
    counted: tuple[Window, ...] = ()  # those whose scores decide: the livelier ones of each stretch


def decide(observations: Sequence[Observation], *, card: ModelCard) -> Judgement:
    """The stated rule: enough evidence, no picture or sequence that repeats, then the score, then motion.

    `undecided` where evidence is missing, with the reason. Windows below the threshold, frozen frames and
    still spans are counted as shares, so that a living start cannot outvote the picture that follows it.
    Where a face holds still for a moment, the network sees a picture: of each stretch the half of the windows
    counts in which it moves most.
    """
    rule = card.verdict
    windows = tuple(seen.window for seen in observations if seen.window)
    counted = _counted(observations, card)
    dropped = Counter(reason for seen in observations for reason in seen.reasons)
    traces = _traces(observations)
    time = Time(capture_motion(traces, card), frozen_share(traces, rule), repeated_share(traces, rule))
    reasons = _missing(observations, windows, dropped, rule) or _repeats(time, rule)
    decision = Decision.UNDECIDED if reasons else _by_score(counted, card)
    if decision is Decision.BONA_FIDE and (time.motion is None or time.motion < rule.min_motion):
        decision, reasons = Decision.UNDECIDED, (Reason.TOO_STILL,)
    return Judgement(
        decision,
        None if decision is Decision.UNDECIDED else _mean_score(counted),
        card.threshold,
        reasons,
        windows,
        time.motion,
        time.frozen_share,
        len(observations),
        dict(dropped),
        time.repeated_share,
        counted,
    )


def should_move(observations: Sequence[Observation], *, card: ModelCard) -> bool:
    """Whether a stream should be told `move_a_little`: its newest span is full and too still so far.

    About 1 ms, whatever the stream's length.
    """
    newest = tracks(_traces(observations[-card.verdict.span_frames :]))[-1:]
    if not newest or len(newest[0]) < card.verdict.span_frames:
        return False
    return motion_of(newest[0], card.verdict) < card.verdict.min_motion


def _traces(observations: Sequence[Observation]) -> tuple[Trace, ...]:
    return tuple(seen.trace for seen in observations if seen.trace)


def _repeats(time: Time, rule: VerdictRule) -> tuple[Reason, ...]:
    """What speaks for a picture or a sequence that is shown again."""
    if time.frozen_share is not None and time.frozen_share > rule.max_frozen_share:
        return (Reason.FROZEN_FRAMES,)
    if time.repeated_share is not None and time.repeated_share > rule.max_repeated_share:
        return (Reason.LOOPED_FRAMES,)
    return ()


def _missing(
    observations: Sequence[Observation],
    windows: Sequence[Window],
    dropped: Counter[Reason],
    rule: VerdictRule,
) -> tuple[Reason, ...]:
    """What keeps the capture from a verdict: too little of it, and why the rest could not be used."""
    span = windows[-1].frames[-1].time - windows[0].frames[0].time if windows else 0.0
    if len(windows) >= rule.min_windows and span >= rule.min_seconds:
        return ()
    quality = tuple(reason for reason, count in dropped.most_common() if count >= len(observations) / 10)
    return quality or (Reason.TOO_FEW_FRAMES,)


def _counted(observations: Sequence[Observation], card: ModelCard) -> tuple[Window, ...]:
    """The windows in which the face moves most, of each stretch its share, in their order.

    A stretch holds `min_windows` or more and fewer than twice as many, so that whatever was shown for two
    stretches has its say.
    """
    moved = iter(movements(_traces(observations), card.num_frames))
    paired = [(seen.window, float(next(moved))) for seen in observations if seen.trace]
    found = [(window, movement) for window, movement in paired if window]
    stretches = max(1, len(found) // card.verdict.min_windows)
    counted = list[Window]()
    for places in np.array_split(np.arange(len(found)), stretches):
        most = math.ceil(card.verdict.moving_share * len(places))
        liveliest = sorted(places, key=lambda place: -found[place][1])[:most]
        counted += [found[place][0] for place in sorted(liveliest)]
    return tuple(counted)


def _by_score(windows: Sequence[Window], card: ModelCard) -> Decision:
    """Mean living score against the threshold, and the share of windows below it."""
    below = float(np.mean([window.score < card.threshold for window in windows]))
    if _mean_score(windows) < card.threshold or below > card.verdict.max_attack_share:
        return Decision.ATTACK
    return Decision.BONA_FIDE


def _mean_score(windows: Sequence[Window]) -> float:
    return float(np.mean([window.score for window in windows]))
