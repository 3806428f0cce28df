"""Folders of scores by the same weights, of several draws of the synthesis -> one report's evidence.

Draws number their groups alike, so each row says which draw it is of: (draw, group) is a group. People are
the same identities in all of them, and stay one subject each.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from training.flips import Flips
from training.report.evidence import Evaluation, Evidence, EvidenceError, read_evidence
from training.scores import ScoreRow

DRAW: Final = "draw"  # the factor that names the folder


class DifferentWeights(EvidenceError):  # noqa: N818 - a state of the folders
    """Folders that were scored by different weights or at different thresholds, or that do not tell."""

    code = "different_weights"


class CountedTwice(EvidenceError):  # noqa: N818
    """Two folders that hold a score of the same capture."""

    code = "counted_twice"


def read_pooled(folders: Sequence[Path]) -> Evidence:
    """One folder is read as it is.

    Raises DifferentWeights, CountedTwice, EvidenceError, TableError, CardError.
    """
    if len(folders) == 1:
        return read_evidence(folders[0])
    return pooled({name: read_evidence(folder) for name, folder in _named(folders).items()})


def pooled(draws: Mapping[str, Evidence]) -> Evidence:
    """The captures of all draws together; dev, which the threshold is from, is the first's.

    A baseline or protocol that is not in every draw, or not at one threshold, would stand beside other
    captures than the network's: it is left out, and named. Raises DifferentWeights, CountedTwice.
    """
    first, *_ = draws.values()
    _check_weights(draws)
    _check_captures(draws)
    baselines, no_baselines = _common(draws, lambda each: each.baselines)
    protocols, no_protocols = _common(draws, lambda each: each.protocols)
    clips = {clip.name: clip for each in reversed(list(draws.values())) for clip in each.clips}
    return replace(
        first,
        network=_joined({draw: each.network for draw, each in draws.items()}),
        baselines=baselines,
        protocols=protocols,
        clips=tuple(clip for _, clip in sorted(clips.items())),
        windows=tuple(window for each in draws.values() for window in each.windows),
        flips=_added([flips for each in draws.values() for flips in each.flips]),
        depth_maps=tuple(path for each in draws.values() for path in each.depth_maps),
        provenance={draw: each.provenance for draw, each in draws.items()},
        model_card=next((each.model_card for each in draws.values() if each.model_card), ""),
        draws=tuple(draws),
        left_out=(*no_baselines, *no_protocols),
    )


def _named(folders: Sequence[Path]) -> dict[str, Path]:
    """By their names, or by their paths where two have one name. Raises CountedTwice."""
    if len({folder.resolve() for folder in folders}) < len(folders):
        raise CountedTwice("one folder is named twice; its captures would be counted twice")
    names = {folder.resolve().name: folder for folder in folders}
    return names if len(names) == len(folders) else {str(folder): folder for folder in folders}


def _check_weights(draws: Mapping[str, Evidence]) -> None:
    cards: dict[str, dict[str, Any]] = {}
    for draw, each in draws.items():
        if each.card is None:
            raise DifferentWeights(
                f"{draw} has no card.json, which alone says by which weights it was scored"
            )
        cards[draw] = json.loads(each.card.to_json())
    (first, known), *others = cards.items()
    for draw, card in others:
        if card != known:
            apart = ", ".join(name for name in known if card[name] != known[name])
            raise DifferentWeights(
                f"{draw} and {first} were scored by different weights: their cards differ in {apart}; a "
                "report is of one system, so give folders that `evaluate` wrote with the same weights"
            )


def _check_captures(draws: Mapping[str, Evidence]) -> None:
    """Two captures have no score and motion alike to the last digit."""
    holder: dict[tuple[str, str, float, float], str] = {}
    for draw, each in draws.items():
        for row in (row for row in each.network.test if not math.isnan(row.score)):
            other = holder.setdefault((row.subject, row.species, row.score, row.motion), draw)
            if other != draw:
                raise CountedTwice(
                    f"{draw} and {other} hold scores of the same captures, group {row.group} of {draw} among "
                    "them; counted twice, they would narrow every interval"
                )


def _common(
    draws: Mapping[str, Evidence], pick: Callable[[Evidence], Sequence[Evaluation]]
) -> tuple[tuple[Evaluation, ...], tuple[str, ...]]:
    """Those evaluations that every draw has at one threshold, joined, and the names of the others."""
    found: dict[str, dict[str, Evaluation]] = {}
    for draw, evidence in draws.items():
        for each in pick(evidence):
            found.setdefault(each.name, {})[draw] = each
    alike = {
        name: len(each) == len(draws) and len({one.point.threshold for one in each.values()}) == 1
        for name, each in found.items()
    }
    kept = tuple(_joined(each) for name, each in found.items() if alike[name])
    return kept, tuple(name for name in found if not alike[name])


def _joined(draws: Mapping[str, Evaluation]) -> Evaluation:
    first, *_ = draws.values()
    return replace(
        first,
        test=tuple(_of(draw, row) for draw, each in draws.items() for row in each.test),
        sent_on=tuple(_of(draw, row) for draw, each in draws.items() for row in each.sent_on),
    )


def _of(draw: str, row: ScoreRow) -> ScoreRow:
    return replace(row, factors={**row.factors, DRAW: draw})


def _added(flips: Sequence[Flips]) -> tuple[Flips, ...]:
    """One of each perturbation, in the order in which they came."""
    found: dict[str, Flips] = {}
    for each in flips:
        known = found.get(each.perturbation)
        found[each.perturbation] = known + each if known else each
    return tuple(found.values())
