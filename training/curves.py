"""What the scores can tell apart, over all thresholds: error curves, EER, AUC, BPCER at a fixed APCER.

None of it is an operating point: these thresholds are read from the very scores that they are applied to.
N thresholds, in rising order.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from training.metrics import Rate, bpcer, worst_apcer

Scores = Sequence[float] | NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ErrorCurve:
    """Both error rates at every threshold that makes a difference."""

    thresholds_N: NDArray[np.float64]
    apcer_N: NDArray[np.float64]  # falls
    bpcer_N: NDArray[np.float64]  # rises


def error_curve(bona_fide: Scores, attacks: Scores) -> ErrorCurve:
    """A score at or above the threshold is bona fide. Raises ValueError where either class is empty."""
    bona_fide_sorted, attacks_sorted = _sorted(bona_fide), _sorted(attacks)
    scores = np.unique(np.concatenate([bona_fide_sorted, attacks_sorted]))
    thresholds_N = np.append(scores, np.nextafter(scores[-1], np.inf))
    return ErrorCurve(
        thresholds_N,
        1 - np.searchsorted(attacks_sorted, thresholds_N, side="left") / len(attacks_sorted),
        np.searchsorted(bona_fide_sorted, thresholds_N, side="left") / len(bona_fide_sorted),
    )


def equal_error_rate(bona_fide: Scores, attacks: Scores) -> float:
    """The mean of both error rates at the threshold where they are nearest to each other."""
    curve = error_curve(bona_fide, attacks)
    nearest = int(np.argmin(np.abs(curve.apcer_N - curve.bpcer_N)))
    return float(curve.apcer_N[nearest] + curve.bpcer_N[nearest]) / 2


def auc(bona_fide: Scores, attacks: Scores) -> float:
    """Chance that a bona fide score is above an attack's, ties counted half (Mann and Whitney).

    Raises ValueError where either class is empty.
    """
    ranks = rankdata(np.concatenate([_sorted(bona_fide), _sorted(attacks)]))
    count = len(bona_fide)
    above = ranks[:count].sum() - count * (count + 1) / 2
    return float(above / (count * len(attacks)))


def bpcer_at_apcer(bona_fide: Sequence[float], attacks: Mapping[str, Scores], target: float) -> Rate:
    """BPCER at the lowest threshold that lets no species pass more often than `target`.

    Raises ValueError where either class is empty.
    """
    curves = [error_curve(bona_fide, scores) for scores in attacks.values() if len(scores)]
    if not curves:
        raise ValueError("a curve needs bona fide and attack scores")
    threshold = max(float(curve.thresholds_N[np.argmax(curve.apcer_N <= target)]) for curve in curves)
    return bpcer(bona_fide, threshold)


def worst_apcer_at_bpcer(
    bona_fide: Scores, attacks: Mapping[str, Sequence[float]], target: float
) -> tuple[str, Rate]:
    """The species accepted most often, and how often, at the highest threshold with `target` BPCER at most.

    Raises ValueError where either class is empty.
    """
    ranked = _sorted(bona_fide)
    threshold = float(ranked[math.floor(target * len(ranked) + 1e-9)])  # a score at the threshold is accepted
    return worst_apcer(attacks, threshold)


def _sorted(scores: Scores) -> NDArray[np.float64]:
    if not len(scores):
        raise ValueError("a curve needs bona fide and attack scores")
    return np.sort(np.asarray(scores, dtype=np.float64))
