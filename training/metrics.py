"""Error rates of presentation attack detection (ISO/IEC 30107-3), as counts with exact intervals.

A capture that ended `undecided` is no classification: it is a non-response, apart from both error rates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scipy.stats import binomtest


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
    def interval(self) -> tuple[float, float]:
        bounds = binomtest(self.count, self.total).proportion_ci(0.95, "exact")
        return float(bounds.low), float(bounds.high)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.count}/{self.total} = {self.value:.1%} [{low:.1%}, {high:.1%}]"


def apcer(scores: Sequence[float], threshold: float) -> Rate:
    """Attack presentations of one species classified as bona fide."""
    return Rate(sum(score >= threshold for score in scores), len(scores))


def bpcer(scores: Sequence[float], threshold: float) -> Rate:
    """Bona fide presentations classified as attacks."""
    return Rate(sum(score < threshold for score in scores), len(scores))


def worst_apcer(attacks: Mapping[str, Sequence[float]], threshold: float) -> tuple[str, Rate]:
    """The species that is accepted most often, and how often."""
    rates = {species: apcer(scores, threshold) for species, scores in attacks.items()}
    species = max(rates, key=lambda name: rates[name].value)
    return species, rates[species]


def acer(bona_fide: Sequence[float], attacks: Mapping[str, Sequence[float]], threshold: float) -> float:
    """Mean of the worst species' APCER and BPCER (Eq. 9)."""
    return (worst_apcer(attacks, threshold)[1].value + bpcer(bona_fide, threshold).value) / 2


def threshold_at_least_acer(bona_fide: Sequence[float], attacks: Mapping[str, Sequence[float]]) -> float:
    """The threshold with the least ACER on these scores, in the middle of its gap; choose it on dev only."""
    scores = sorted({*bona_fide, *(score for each in attacks.values() for score in each)})
    candidates = [0.0, *((low + high) / 2 for low, high in pairwise(scores)), 1.0]
    return min(candidates, key=lambda threshold: acer(bona_fide, attacks, threshold))
