"""Dev scores -> the card's decision constants; never from the captures that are reported as test."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from model.card import VerdictRule
from training.evaluate import ScoredCapture, split_scores
from training.metrics import Rate, threshold_at_least_acer
from training.scores import as_taken
from training.time_attacks import TIME_ONLY_SPECIES

# One picture moved as a plane, without an instrument that bends or glows: what the motion floor is for. The
# planes of the data engine are none: `plane_moving` speaks and blinks, and behind half of `plane_still` the
# background stays, which no hand does with a picture. A floor above those would stop most people.
PLANE_SPECIES: Final = frozenset({"wobble"})
_PASSING_PLANES = 0.02  # share of them that may reach the floor
_MIN_PLANES = 50  # captures; fewer do not place that quantile


@dataclass(frozen=True, slots=True)
class Fitted:
    """What dev gave, and what the motion floor costs there."""

    threshold: float
    verdict: VerdictRule
    too_still: Rate  # bona fide captures below the floor


def fit_decision(rows: Sequence[ScoredCapture]) -> Fitted:
    """The threshold of least ACER, and the motion that all but a few moved pictures stay below.

    Of bona fide captures those as they were taken: what was sent on is no further evidence.
    The floor is never below the rule's own, which real video gave, and stays there where dev has too few
    moved pictures.
    Raises ValueError where dev has no bona fide or no attack capture with a score.
    """
    rows = list(as_taken(rows))
    bona_fide, attacks = split_scores(rows)
    floor = _motion_floor([row.motion for row in rows if row.species in PLANE_SPECIES])
    motion = [row.motion for row in rows if row.bona_fide and not np.isnan(row.motion)]
    return Fitted(
        threshold=round(instrument_threshold(bona_fide, attacks), 4),
        verdict=VerdictRule(min_motion=floor),
        too_still=Rate(sum(each < floor for each in motion), len(motion)),
    )


def instrument_threshold(bona_fide: Sequence[float], attacks: Mapping[str, Sequence[float]]) -> float:
    """The threshold of least ACER against the families of instruments (print, replay).

    These leave something to see in a window; attacks of time alone are the rule's to stop, and a threshold
    against captures whose every frame is a person's own would refuse everyone or no one. Families, because
    dev holds few captures of a species. Raises ValueError where either has no score.
    """
    if not bona_fide or not attacks:
        raise ValueError("choosing a threshold needs bona fide and attack captures that were scored")
    return threshold_at_least_acer(bona_fide, by_family(attacks))


def by_family(attacks: Mapping[str, Sequence[float]]) -> dict[str, list[float]]:
    """The scores of each family of instruments; of all attacks where dev holds none on an instrument."""
    families: dict[str, list[float]] = defaultdict(list)
    for species, scores in attacks.items():
        if species not in TIME_ONLY_SPECIES:
            families[species.split("_")[0]] += scores
    return dict(families) or {species: list(scores) for species, scores in attacks.items()}


def _motion_floor(planes: Sequence[float]) -> float:
    measured = [motion for motion in planes if not np.isnan(motion)]
    default = VerdictRule().min_motion
    if len(measured) < _MIN_PLANES:
        return default
    return max(default, round(float(np.quantile(measured, 1 - _PASSING_PLANES)), 3))
