"""Dev scores -> the card's decision constants; never from the captures that are reported as test."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.card import VerdictRule
from training.evaluate import ScoredCapture, split_scores
from training.metrics import threshold_at_least_acer

_STILL_BONA_FIDE = 0.02  # share of bona fide dev captures that may be asked to move a little more


@dataclass(frozen=True, slots=True)
class Fitted:
    """What dev gave."""

    threshold: float
    verdict: VerdictRule


def fit_decision(rows: Sequence[ScoredCapture]) -> Fitted:
    """The threshold of least ACER, and the motion that all but a few bona fide captures show.

    Raises ValueError where dev has no bona fide or no attack capture with a score.
    """
    bona_fide, attacks = split_scores(rows)
    if not bona_fide or not attacks:
        raise ValueError("choosing a threshold needs bona fide and attack captures that were scored")
    motion = [row.motion for row in rows if row.bona_fide and not np.isnan(row.motion)]
    return Fitted(
        threshold=round(threshold_at_least_acer(bona_fide, attacks), 4),
        verdict=VerdictRule(min_motion=round(float(np.quantile(motion, _STILL_BONA_FIDE)), 5)),
    )
