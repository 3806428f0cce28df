"""Scores of a customer's own captures -> the threshold with the error rate that they want."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from model.calibration import Calibration, Counted
from model.card import ModelCard, VerdictRule
from model.quality import Reason
from model.verdict import Decision, Judgement
from training.errors import TrainingError
from training.intervals import captures_needed, quantile_ranks
from training.metrics import Rate, Refusals, Tally
from training.scores import ScoreRow, TableError, as_taken

_MIN_CAPTURES = 10  # below, no rate worth asking for can be shown
_DIGITS = 4  # of the threshold; rounded down, so that it rejects no more than was counted


class TooFewCaptures(TrainingError):  # noqa: N818 - a state of the data, named as what is missing
    """Not enough bona fide captures to speak of the wanted rate; the message says how many are needed."""

    code = "too_few_captures"


class AllTooStill(TrainingError):  # noqa: N818 - a state of the data
    """A threshold at which no bona fide capture would be accepted, as those that reach it are too still."""

    code = "all_too_still"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one capture ends, whatever the threshold."""

    score: float  # the decisive one; NaN where no threshold decides
    moves: bool  # enough to be accepted

    @classmethod
    def of(cls, decisive: float, motion: float, rule: VerdictRule) -> "Outcome":
        """`motion` is NaN where none was measured, which is not enough."""
        return cls(decisive, moves=motion >= rule.min_motion)

    def at(self, threshold: float) -> Decision:
        """What `model.verdict.decide` would say."""
        if math.isnan(self.score):
            return Decision.UNDECIDED
        if self.score < threshold:
            return Decision.ATTACK
        return Decision.BONA_FIDE if self.moves else Decision.UNDECIDED


@dataclass(frozen=True, slots=True)
class Sample:
    """Captures to choose a threshold on, and attacks by species to see what it lets pass."""

    bona_fide: Sequence[Outcome]
    attacks: Mapping[str, Sequence[Outcome]] = field(default_factory=dict)


def sample_of(rows: Sequence[ScoreRow], rule: VerdictRule) -> Sample:
    """The table's captures, of bona fide ones those as they were taken: what was sent on shows nobody new.

    Raises TableError where it holds scores without the decisive ones.
    """
    bona_fide: list[Outcome] = []
    attacks: dict[str, list[Outcome]] = {}
    for row in as_taken(rows):
        if row.depends_on_the_threshold and math.isnan(row.decisive_score):
            raise TableError(
                f"a capture of {row.species} has a score and no decisive_score, which alone says at what "
                "threshold it passes; run `python -m training evaluate` again with these weights"
            )
        outcomes = bona_fide if row.bona_fide else attacks.setdefault(row.species, [])
        outcomes.append(Outcome.of(row.decisive_score, row.motion, rule))
    return Sample(bona_fide, attacks)


def outcome_of(judgement: Judgement, rule: VerdictRule) -> Outcome:
    motion = math.nan if judgement.motion is None else judgement.motion
    return Outcome.of(decisive_score(judgement, rule), motion, rule)


def decisive_score(judgement: Judgement, rule: VerdictRule) -> float:
    """The highest threshold at which the windows of a capture would still pass; NaN where none decide.

    Both of the rule's conditions are in it: the mean of the windows' scores, and the share of them below the
    threshold.
    """
    by_score = judgement.decision is not Decision.UNDECIDED or judgement.reasons == (Reason.TOO_STILL,)
    if not by_score or not judgement.counted:
        return math.nan
    scores = sorted(window.score for window in judgement.counted)
    outvoted = math.floor(rule.max_attack_share * len(scores) + 1e-9)
    return min(float(np.mean(scores)), scores[min(outvoted, len(scores) - 1)])


def calibrated(
    sample: Sample, *, target_bpcer: float, card: ModelCard, graphs: Mapping[str, str], source: str
) -> Calibration:
    """The highest threshold that rejects no more than the target's share of the bona fide captures.

    Every score helps to place it, that of a capture which is too still as well; the rates are those of the
    whole rule, to which such a capture is undecided. Raises TooFewCaptures where so few captures could not
    speak for the target even without an error (the rule of three), AllTooStill, ValueError for a target
    outside (0, 1).
    """
    ranked = np.sort([each.score for each in sample.bona_fide if not math.isnan(each.score)])
    found = len(ranked)
    require_enough(found, target_bpcer)
    threshold = _rounded_down(float(ranked[math.floor(target_bpcer * found)]))
    low, high = (float(ranked[rank]) for rank in quantile_ranks(found, target_bpcer))
    people = _tally(sample.bona_fide, threshold)
    _require_accepted(people, threshold)
    attacks = {species: _tally(each, threshold) for species, each in sorted(sample.attacks.items())}
    accepted = {species: each.apcer(Refusals.APART) for species, each in attacks.items()}
    return Calibration(
        threshold=threshold,
        threshold_low=min(_rounded_down(low), threshold),
        threshold_high=-_rounded_down(-high),
        target_bpcer=target_bpcer,
        bpcer=_counted(people.bpcer(Refusals.APART)),
        bpnrr=_counted(people.non_response),
        apcer={species: _counted(rate) for species, rate in accepted.items() if rate.total},
        apnrr={species: _counted(each.non_response) for species, each in attacks.items()},
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


def _tally(outcomes: Iterable[Outcome], threshold: float) -> Tally:
    return Tally.of(outcome.at(threshold) for outcome in outcomes)


def _require_accepted(people: Tally, threshold: float) -> None:
    if not people.accepted:
        raise AllTooStill(
            f"at a threshold of {threshold:.{_DIGITS}f} none of the {people.total} bona fide captures would "
            "be accepted: all that reach it are too still; film people as they move in use"
        )


def _counted(rate: Rate) -> Counted:
    low, high = rate.interval
    return Counted(count=rate.count, total=rate.total, low=low, high=high)
