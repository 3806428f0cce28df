"""Error rates of presentation attack detection (ISO/IEC 30107-3), as counts with exact intervals.

A capture that ended `undecided` is no classification but a non-response. It is counted both ways, because
each hides something: left out, a system that answers rarely looks accurate; as a refusal, a system that sends
everybody away looks safe.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from model.verdict import Decision
from training.intervals import Interval, clopper_pearson


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` of `total`, with the Clopper-Pearson interval at 95 %."""

    count: int
    total: int

    @property
    def value(self) -> float:
        """Raises ValueError where nothing was counted: a rate of nothing is not zero."""
        if not self.total:
            raise ValueError("a rate needs at least one presentation")
        return self.count / self.total

    @property
    def interval(self) -> Interval:
        """Raises ValueError where nothing was counted."""
        return clopper_pearson(self.count, self.total)

    def __str__(self) -> str:
        if not self.total:
            return "0/0"
        low, high = self.interval
        return f"{self.count}/{self.total} = {self.value:.1%} [{low:.1%}, {high:.1%}]"


class Refusals(StrEnum):
    """What an `undecided` capture counts as."""

    APART = "apart"  # neither accepted nor rejected: it is in no error rate, only in the non-response rate
    REFUSED = "refused"  # turned away, as a door would: an error for a living face, none for an attack


@dataclass(frozen=True, slots=True)
class Tally:
    """How the presentations of one kind ended."""

    accepted: int
    rejected: int
    undecided: int

    @classmethod
    def of(cls, decisions: Iterable[str]) -> "Tally":
        """Raises ValueError for a word that is no decision."""
        counts = Counter(Decision(decision) for decision in decisions)
        return cls(counts[Decision.BONA_FIDE], counts[Decision.ATTACK], counts[Decision.UNDECIDED])

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.accepted + other.accepted,
            self.rejected + other.rejected,
            self.undecided + other.undecided,
        )

    @property
    def total(self) -> int:
        return self.accepted + self.rejected + self.undecided

    @property
    def non_response(self) -> Rate:
        """APNRR of an attack species, BPNRR of bona fide presentations."""
        return Rate(self.undecided, self.total)

    def apcer(self, refusals: Refusals) -> Rate:
        """Attack presentations of one species classified as bona fide."""
        return Rate(self.accepted, self._counted(refusals))

    def bpcer(self, refusals: Refusals) -> Rate:
        """Bona fide presentations classified as attacks."""
        refused = self.undecided if refusals is Refusals.REFUSED else 0
        return Rate(self.rejected + refused, self._counted(refusals))

    def _counted(self, refusals: Refusals) -> int:
        return self.total if refusals is Refusals.REFUSED else self.accepted + self.rejected


def apcer(scores: Sequence[float], threshold: float) -> Rate:
    """Attack presentations of one species whose score is a bona fide one."""
    return Rate(sum(score >= threshold for score in scores), len(scores))


def bpcer(scores: Sequence[float], threshold: float) -> Rate:
    """Bona fide presentations whose score is an attack's."""
    return Rate(sum(score < threshold for score in scores), len(scores))


def worst(rates: Mapping[str, Rate]) -> tuple[str, Rate]:
    """The species with the highest rate. Raises ValueError where no species was counted."""
    counted = {species: rate for species, rate in rates.items() if rate.total}
    if not counted:
        raise ValueError("the worst species needs at least one attack presentation")
    species = max(counted, key=lambda name: (counted[name].value, counted[name].total))
    return species, counted[species]


def worst_apcer(attacks: Mapping[str, Sequence[float]], threshold: float) -> tuple[str, Rate]:
    """The species that is accepted most often, and how often."""
    return worst({species: apcer(scores, threshold) for species, scores in attacks.items()})


def acer(bona_fide: Sequence[float], attacks: Mapping[str, Sequence[float]], threshold: float) -> float:
    """Mean of the worst species' APCER and BPCER (Eq. 9)."""
    return (worst_apcer(attacks, threshold)[1].value + bpcer(bona_fide, threshold).value) / 2


def hter(bona_fide: Sequence[float], attacks: Mapping[str, Sequence[float]], threshold: float) -> float:
    """Mean of the false acceptance rate over all attacks alike and the false rejection rate.

    The measure of the paper's cross-database tests (Table 6); unlike ACER it lets an easy species hide a
    hard one.
    """
    pooled = [score for scores in attacks.values() for score in scores]
    return (apcer(pooled, threshold).value + bpcer(bona_fide, threshold).value) / 2


def threshold_at_least_acer(bona_fide: Sequence[float], attacks: Mapping[str, Sequence[float]]) -> float:
    """The threshold with the least ACER on these scores, in the middle of its gap; choose it on dev only.

    Of several with the same ACER, the one whose two error rates are nearest to each other: where a species
    cannot be told apart at all, that is neither "accept everything" nor "accept nothing".
    """
    scores = np.unique(np.concatenate([bona_fide, *attacks.values()]))
    candidates = np.concatenate([[0.0], (scores[:-1] + scores[1:]) / 2, [1.0]])
    false_accepts = [1 - _shares_below(each, candidates) for each in attacks.values() if len(each)]
    accepted, rejected = np.max(false_accepts, axis=0), _shares_below(bona_fide, candidates)
    errors = np.round(accepted + rejected, 12)
    return float(candidates[np.lexsort((np.abs(accepted - rejected), errors))[0]])


def _shares_below(scores: Sequence[float], candidates: np.ndarray) -> np.ndarray:
    ranked = np.sort(np.asarray(scores, dtype=np.float64))
    return np.searchsorted(ranked, candidates, side="left") / len(ranked)
