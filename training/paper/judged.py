"""A network's error rates on captures: the threshold from dev, the rates from test, as counts first.

A capture's score is the mean Eq. 11 of a few of its windows, as the authors' code scores a video (network.md
section 5); neither gates nor the service's verdict rule are in it. Attacks of time alone, which no instrument
shows and the paper has not, are left out, as are bona fide captures that were sent on.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Final

import numpy as np
from tqdm import tqdm

from model.card import ModelCard
from model.network.liveness import LivenessNet
from training.datasets.capture import Capture, list_groups
from training.datasets.catalogue import stored_protocol
from training.datasets.own import read_selected
from training.decision import by_family, instrument_threshold
from training.development import DevWindow, window_scores
from training.errors import NoCaptures
from training.metrics import bpcer, hter, worst_apcer
from training.scores import BONA_FIDE, as_taken
from training.time_attacks import TIME_ONLY_SPECIES
from training.windows import WindowChoice, training_window

WINDOWS: Final = 6  # of a capture, evenly spread

Scores = Mapping[str, Sequence[float]]  # of captures, by species


@dataclass(frozen=True, slots=True)
class Judged:
    """Captures to judge: the first `groups` of a split, as a protocol shows it."""

    data: Path
    split: str
    protocol: str
    groups: int | None = None

    def captures(self, doing: str) -> Iterator[Capture]:
        """Behind a progress bar. Raises DataSetError for an unknown protocol."""
        protocol = stored_protocol(self.data, self.protocol)
        for path in tqdm(list_groups(self.data, self.split)[: self.groups], doing, unit="group"):
            shown = as_taken(read_selected(path, protocol))
            yield from (each for each in shown if each.species not in TIME_ONLY_SPECIES)


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """One line of an experiment's table; rates are shares, what the paper reports is in per cent."""

    variant: str
    protocol: str
    acer: float  # Eq. 9
    apcer: float  # of the worst family of instruments
    bpcer: float
    hter: float  # Eq. 10
    paper: str
    refused: int  # bona fide captures
    bona_fide: int
    worst_family: str
    accepted: int  # captures of that family
    attacks: int
    threshold: float  # dev's
    origin: str  # what lines must share to be compared


def scored(net: LivenessNet, card: ModelCard, judged: Judged, *, doing: str) -> Scores:
    """The score of each capture that has a window, by species."""
    species: dict[str, str] = {}

    def windows() -> Iterator[DevWindow]:
        for capture in judged.captures(f"{doing}: {judged.split}"):
            key = str(len(species))
            species[key] = BONA_FIDE if capture.bona_fide else capture.species
            for start in window_starts(capture, card):
                window = training_window(WindowChoice(capture, start), card, rng=None)
                yield DevWindow(key, nan, window)

    found = defaultdict[str, list[float]](list)
    for key, scores in window_scores(net, windows(), card).items():
        found[species[key]].append(float(np.mean(scores)))
    return found


def window_starts(capture: Capture, card: ModelCard) -> list[int]:
    """Evenly spread over a capture; none where it is shorter than a window."""
    last = len(capture.frames) - card.num_frames
    return [] if last < 0 else np.unique(np.linspace(0, last, WINDOWS).round().astype(int)).tolist()


def measured(dev: Scores, test: Scores, *, variant: str, protocol: str, paper: str, origin: str) -> Measured:
    """Test's errors at dev's threshold of least ACER. Raises NoCaptures where either has not both classes."""
    (dev_people, dev_attacks), (people, attacks) = (
        _both(dev, f"dev of protocol {protocol}"),
        _both(test, f"test of protocol {protocol}"),
    )
    threshold = instrument_threshold(dev_people, dev_attacks)
    refused, (family, accepted) = bpcer(people, threshold), worst_apcer(attacks, threshold)
    return Measured(
        variant=variant,
        protocol=protocol,
        acer=(refused.value + accepted.value) / 2,
        apcer=accepted.value,
        bpcer=refused.value,
        hter=hter(people, attacks, threshold),
        paper=paper,
        refused=refused.count,
        bona_fide=refused.total,
        worst_family=family,
        accepted=accepted.count,
        attacks=accepted.total,
        threshold=threshold,
        origin=origin,
    )


def _both(scores: Scores, judged: str) -> tuple[Sequence[float], dict[str, list[float]]]:
    attacks = by_family({kind: each for kind, each in scores.items() if kind != BONA_FIDE})
    if not scores.get(BONA_FIDE) or not attacks:
        raise NoCaptures(
            f"what is judged of {judged} lacks people, or an instrument (print, replay); judge more --groups"
        )
    return scores[BONA_FIDE], attacks
