"""How sure a counted rate is: exact intervals, how many captures a claim needs, resampling by subject."""

import math
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, binomtest

CONFIDENCE: Final = 0.95

Interval: TypeAlias = tuple[float, float]
Indices: TypeAlias = NDArray[np.intp]


def clopper_pearson(count: int, total: int, *, confidence: float = CONFIDENCE) -> Interval:
    """The exact two-sided binomial interval (Clopper and Pearson, 1934).

    Raises ValueError where nothing was counted.
    """
    if not total:
        raise ValueError("an interval needs at least one presentation")
    bounds = binomtest(count, total).proportion_ci(confidence, "exact")
    return float(bounds.low), float(bounds.high)


def captures_needed(rate: float, *, confidence: float = CONFIDENCE) -> int:
    """The least number of captures which, with no error among them, speak for a rate of at most `rate`.

    Exact form of the rule of three (about 3 / rate at 95 %): the least n with (1 - rate)^n <= 1 - confidence.
    Raises ValueError for a rate outside (0, 1).
    """
    if not 0 < rate < 1:
        raise ValueError(f"a wanted error rate lies between 0 and 1, not at {rate}")
    return math.ceil(math.log(1 - confidence) / math.log1p(-rate))


def quantile_ranks(total: int, share: float, *, confidence: float = CONFIDENCE) -> tuple[int, int]:
    """Positions (from 0, in rising order) of the values that bracket a quantile, whatever the distribution.

    The number of values below the quantile is binomial; the positions are its central range, cut to the
    values there are (so an extreme quantile of few values is bracketed as well as they can).
    """
    tail = (1 - confidence) / 2
    low, high = binom.ppf(tail, total, share), binom.ppf(1 - tail, total, share)
    return max(0, int(low) - 1), min(total - 1, int(high))


def bootstrap_by_subject(
    subjects: Sequence[str],
    statistic: Callable[[Indices], float],
    *,
    resamples: int = 1000,
    seed: int = 0,
    confidence: float = CONFIDENCE,
) -> Interval:
    """Percentile interval of a statistic when whole subjects are drawn with replacement.

    Captures of one person are alike, so the exact interval, which takes them for independent, is too narrow
    where people have many. `statistic` gets the positions of the captures drawn (with repetition) and may
    return NaN where it is not defined on a draw; such draws are left out. Raises ValueError where none is
    left.
    """
    names, owner_N = np.unique(np.asarray(subjects), return_inverse=True)
    of_subject = [np.flatnonzero(owner_N == index) for index in range(len(names))]
    rng = np.random.default_rng(seed)
    values = np.array(
        [
            statistic(np.concatenate([of_subject[i] for i in rng.integers(len(names), size=len(names))]))
            for _ in range(resamples)
        ]
    )
    values = values[~np.isnan(values)]
    if not len(values):
        raise ValueError("the statistic is defined on no draw of subjects")
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
