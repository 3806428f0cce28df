"""A folder of scores -> all that a report is made from; `training.commands.report` describes the folder."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from model.card import ModelCard
from model.verdict import Decision
from training.decision import instrument_threshold
from training.errors import TrainingError
from training.flips import Flips, read_flips
from training.scores import CARD_NAME, ScoreRow, as_taken, decides_both, read_table, scores_by_species
from training.time_gaps import AlteredWindow, read_gaps


class EvidenceError(TrainingError):
    """A folder that no report can be made from; the message says what is missing and how to make it."""

    code = "no_evidence"


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """The threshold that was applied to test, and where it comes from."""

    threshold: float
    source: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One system on one test set.

    `sent_on` are bona fide captures of `test` once more, moved or compressed as an attack's pictures are: the
    same people again, so that they are in no interval. `dev` is without them.
    """

    name: str
    point: OperatingPoint
    test: tuple[ScoreRow, ...]
    dev: tuple[ScoreRow, ...] = ()
    sent_on: tuple[ScoreRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the folder held, or several together (`training.report.pooled`)."""

    network: Evaluation
    card: ModelCard | None
    baselines: tuple[Evaluation, ...]
    protocols: tuple[Evaluation, ...]
    clips: tuple[Evaluation, ...]
    windows: tuple[AlteredWindow, ...]
    flips: tuple[Flips, ...]
    depth_maps: tuple[Path, ...]
    provenance: Mapping[str, Any]
    model_card: str
    draws: tuple[str, ...] = ()  # that are pooled; none of a single folder
    left_out: tuple[str, ...] = ()  # baselines and protocols of some draws alone


def read_evidence(folder: Path) -> Evidence:
    """Raises EvidenceError, and TableError or CardError for a file that is not what its name says."""
    card = _card(folder)
    network = read_evaluation(folder, name="network")
    gaps, robustness = folder / "gaps.csv", folder / "robustness.csv"
    return Evidence(
        network=network,
        card=card,
        baselines=_evaluations(folder / "baselines"),
        protocols=_evaluations(folder / "protocols", network.point),
        clips=tuple(
            Evaluation(path.parent.name, network.point, read_table(path))
            for path in sorted((folder / "clips").glob("*/scores_*.csv"))
        ),
        windows=tuple(read_gaps(gaps)) if gaps.is_file() else (),
        flips=read_flips(robustness) if robustness.is_file() else (),
        depth_maps=tuple(sorted((folder / "depth").glob("*.png"))),
        provenance=_toml(folder / "provenance.toml"),
        model_card=_text(folder / "MODEL_CARD.md"),
    )


def read_evaluation(folder: Path, *, name: str, fallback: OperatingPoint | None = None) -> Evaluation:
    """The tables of one folder, decided at the card's threshold, else dev's, else the fallback."""
    if not (folder / "scores_test.csv").is_file():
        raise EvidenceError(f"{folder} has no scores_test.csv; `python -m training evaluate` writes it")
    test = read_table(folder / "scores_test.csv")
    dev = tuple(as_taken(read_table(table))) if (table := folder / "scores_dev.csv").is_file() else ()
    if not decides_both(test):
        raise EvidenceError(f"{folder}/scores_test.csv needs bona fide and attack captures with a decision")
    point, decides_anew = _operating_point(folder, dev, fallback)
    if decides_anew:
        test = decided(test, point.threshold)
    sent_on = tuple(row for row in test if row.sent_on)
    return Evaluation(name, point, tuple(as_taken(test)), dev, sent_on)


def _operating_point(
    folder: Path, dev: Sequence[ScoreRow], fallback: OperatingPoint | None
) -> tuple[OperatingPoint, bool]:
    """The threshold, and whether the tables' decisions are yet to be taken at it."""
    card = _card(folder)
    if card is not None:
        source = f"the card of {card.name} {card.version}, chosen on dev"
        return OperatingPoint(card.threshold, source), False
    point = _from_dev(dev, folder) if dev else fallback
    if point is None:
        raise EvidenceError(
            f"{folder} has neither card.json nor scores_dev.csv, and a threshold is never read from test; "
            "`python -m training evaluate` writes both"
        )
    return point, True


def decided(rows: Sequence[ScoreRow], threshold: float) -> tuple[ScoreRow, ...]:
    """The rows with the decision that the threshold gives where there was one to give; when a service would
    first have decided is not known of another threshold.
    """
    return tuple(
        replace(
            row,
            decision=Decision.BONA_FIDE if row.score >= threshold else Decision.ATTACK,
            early_decision=None,
        )
        if row.decision is not Decision.UNDECIDED
        else replace(row, early_decision=None)
        for row in rows
    )


def _from_dev(dev: Sequence[ScoreRow], folder: Path) -> OperatingPoint:
    bona_fide, attacks = scores_by_species(dev)
    try:
        threshold = instrument_threshold(bona_fide, attacks)
    except ValueError as error:
        raise EvidenceError(f"{folder}/scores_dev.csv gives no threshold: {error}") from error
    return OperatingPoint(
        threshold,
        f"least ACER on dev ({len(bona_fide)} bona fide, {sum(map(len, attacks.values()))} attacks)",
    )


def _evaluations(parent: Path, fallback: OperatingPoint | None = None) -> tuple[Evaluation, ...]:
    folders = sorted(path for path in parent.glob("*") if path.is_dir())
    return tuple(read_evaluation(folder, name=folder.name, fallback=fallback) for folder in folders)


def _card(folder: Path) -> ModelCard | None:
    text = _text(folder / CARD_NAME)
    return ModelCard.from_json(text) if text else None


def _toml(path: Path) -> Mapping[str, Any]:
    return tomllib.loads(_text(path))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
