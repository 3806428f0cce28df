"""Scores of a customer's own captures -> the threshold with the error rate that they want."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from model.calibration import Calibration, Counted
from model.card import ModelCard, VerdictRule
from model.quality import Reason
from model.verdict import Decision, Judgement
from training.errors import TrainingError
from training.intervals import captures_needed, quantile_ranks
from training.metrics import Rate, apcer, bpcer
from training.scores import ScoreRow

_MIN_CAPTURES = 10  # below, no rate worth asking for can be shown
_DIGITS = 4  # of the threshold; rounded down, so that it rejects no more than was counted


class TooFewCaptures(TrainingError):  # noqa: N818 - a state of the data, named as what is missing
    """Not enough bona fide captures to speak of the wanted rate; the message says how many are needed."""

    code = "too_few_captures"


@dataclass(frozen=True, slots=True)
class Sample:
    """Scores to choose a threshold on; NaN for a capture that no threshold decides."""

    bona_fide: Sequence[float]
    attacks: Mapping[str, Sequence[float]] = field(default_factory=dict)


def sample_of(rows: Sequence[ScoreRow]) -> Sample:
    """The table's captures, with a score where their decision hangs on the threshold."""
    bona_fide: list[float] = []
    attacks: dict[str, list[float]] = {}
    for row in rows:
        scores = bona_fide if row.bona_fide else attacks.setdefault(row.species, [])
        scores.append(row.score if row.depends_on_the_threshold else math.nan)
    return Sample(bona_fide, attacks)


def decisive_score(judgement: Judgement, rule: VerdictRule) -> float:
    """The highest threshold at which the windows of a capture would still pass; NaN where none decide.

    Both of the rule's conditions are in it: the mean of the windows' scores, and the share of them below the
    threshold.
    """
    by_score = judgement.decision is not Decision.UNDECIDED or judgement.reasons == (Reason.TOO_STILL,)
    if not by_score or not judgement.windows:
        return math.nan
    scores = sorted(window.score for window in judgement.windows)
    outvoted = math.floor(rule.max_attack_share * len(scores) + 1e-9)
    return min(float(np.mean(scores)), scores[min(outvoted, len(scores) - 1)])


def calibrated(
    sample: Sample, *, target_bpcer: float, card: ModelCard, graphs: Mapping[str, str], source: str
) -> Calibration:
    """The highest threshold that rejects no more than the target's share of the bona fide captures.

    Raises TooFewCaptures where so few captures could not speak for the target even without an error (the rule
    of three), ValueError for a target outside (0, 1).
    """
    ranked = np.sort(_decided(sample.bona_fide))
    found = len(ranked)
    require_enough(found, target_bpcer)
    attacks = sorted(sample.attacks.items())
    threshold = _rounded_down(float(ranked[math.floor(target_bpcer * found)]))
    low, high = (float(ranked[rank]) for rank in quantile_ranks(found, target_bpcer))
    return Calibration(
        threshold=threshold,
        threshold_low=min(_rounded_down(low), threshold),
        threshold_high=-_rounded_down(-high),
        target_bpcer=target_bpcer,
        bpcer=_counted(bpcer(ranked.tolist(), threshold)),
        bpnrr=_non_response(sample.bona_fide),
        apcer={name: _counted(apcer(_decided(each), threshold)) for name, each in attacks if _decided(each)},
        apnrr={name: _non_response(each) for name, each in attacks},
        model=f"{card.name} {card.version}",
        graphs=dict(graphs),
        source=source,
        made=datetime.now(UTC).date().isoformat(),
    )


def require_enough(found: int, target_bpcer: float) -> None:
    """Raises TooFewCaptures where `found` captures without an error would not speak for the target."""
    needed = captures_needed(target_bpcer)
    if found < needed:
        raise TooFewCaptures(_too_few(found, needed, target_bpcer))


def _too_few(found: int, needed: int, target: float) -> str:
    said = (
        f"a BPCER of {target:.2g} needs at least {needed} bona fide captures with a score (the rule of "
        f"three), and there are {found}: add {needed - found}"
    )
    if found < _MIN_CAPTURES:
        return said
    return f"{said}, or ask for a BPCER of {math.ceil(300 / found) / 100:.2f}"


def _rounded_down(score: float) -> float:
    scale = 10.0**_DIGITS
    return math.floor(score * scale) / scale


def _decided(scores: Sequence[float]) -> list[float]:
    return [score for score in scores if not math.isnan(score)]


def _non_response(scores: Sequence[float]) -> Counted:
    return _counted(Rate(len(scores) - len(_decided(scores)), len(scores)))


def _counted(rate: Rate) -> Counted:
    low, high = rate.interval
    return Counted(count=rate.count, total=rate.total, low=low, high=high)
