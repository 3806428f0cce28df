"""Intervals of measures that no exact one is known of: whole subjects drawn again.

K kinds: bona fide captures, then each species. S subjects.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from model.verdict import Decision
from training.intervals import Interval, bootstrap_by_subject
from training.metrics import Refusals
from training.scores import ScoreRow

Counts: TypeAlias = NDArray[np.float64]
Measure: TypeAlias = Callable[[Counts, Counts], float]  # of how many are accepted, and of how many; (K,) each


def bpcer(accepted_K: Counts, total_K: Counts) -> float:
    return 1 - float(_shares(accepted_K, total_K)[0])


def acer(accepted_K: Counts, total_K: Counts) -> float:
    """NaN where a draw has no bona fide capture or no attack."""
    apcer = _shares(accepted_K, total_K)[1:]
    worst = float("nan") if np.all(np.isnan(apcer)) else float(np.nanmax(apcer))
    return (worst + bpcer(accepted_K, total_K)) / 2


def hter(accepted_K: Counts, total_K: Counts) -> float:
    """As `acer`, with all attacks alike."""
    attacks = np.array([accepted_K[1:].sum()]), np.array([total_K[1:].sum()])
    return (float(_shares(*attacks)[0]) + bpcer(accepted_K, total_K)) / 2


def interval_by_subject(rows: Sequence[ScoreRow], measure: Measure, refusals: Refusals) -> Interval:
    """95 % interval. Somebody whom several draws of the synthesis show is one subject.

    Raises ValueError where the measure is defined on no draw.
    """
    species = sorted({row.species for row in rows if not row.bona_fide})
    kind_N = [0 if row.bona_fide else 1 + species.index(row.species) for row in rows]
    names, owner_N = np.unique([row.subject for row in rows], return_inverse=True)
    accepted_SK, total_SK = np.zeros((2, len(names), 1 + len(species)))
    for owner, kind, row in zip(owner_N, kind_N, rows, strict=True):
        accepted_SK[owner, kind] += row.decision is Decision.BONA_FIDE
        total_SK[owner, kind] += _counts(row, refusals)
    return bootstrap_by_subject(
        names.tolist(), lambda drawn: measure(accepted_SK[drawn].sum(axis=0), total_SK[drawn].sum(axis=0))
    )


def _counts(row: ScoreRow, refusals: Refusals) -> bool:
    return refusals is Refusals.REFUSED or row.decision is not Decision.UNDECIDED


def _shares(accepted: Counts, total: Counts) -> Counts:
    return accepted / np.where(total > 0, total, np.nan)
