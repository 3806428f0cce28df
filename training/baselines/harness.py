"""Runs a baseline: the same captures, splits, threshold rule and scores table as the network's."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeAlias

from tqdm import tqdm

from model.geometry import homography_residual
from model.verdict import Decision
from training.datasets.capture import Capture, list_groups, read_group
from training.decision import instrument_threshold
from training.errors import NoCaptures
from training.scores import ScoreRow, as_taken, scores_by_species, write_table

_MOTION_QUANTILE = 0.9

Scorer: TypeAlias = Callable[[Capture], float]  # in [0, 1], higher is bona fide


class Baseline(Protocol):
    """A way to score captures that is fitted on some."""

    @property
    def name(self) -> str: ...

    def fit(self, groups: Sequence[Path]) -> Scorer:
        """Learns from the groups of train."""
        ...


@dataclass(frozen=True, slots=True)
class BaselineTables:
    """What a run gave."""

    threshold: float
    dev: tuple[ScoreRow, ...]
    test: tuple[ScoreRow, ...]


def run_baseline(baseline: Baseline, data: Path) -> BaselineTables:
    """Scores dev and test; the threshold is dev's, of bona fide captures as they were taken.

    Raises NoCaptures where a split holds nothing to fit on, choose on or report.
    """
    splits = {split: _groups(data, split) for split in ("train", "dev", "test")}
    if not _holds_both(splits["dev"]):  # said before an hour of fitting
        raise NoCaptures(f"{data}/dev needs bona fide and attack captures to choose a threshold on")
    score = baseline.fit(splits["train"])
    dev, test = (
        tuple(_scored(splits[split], score, f"{baseline.name}: {split}")) for split in ("dev", "test")
    )
    try:
        threshold = instrument_threshold(*scores_by_species(list(as_taken(dev))))
    except ValueError as error:
        raise NoCaptures(f"{data}/dev gives no threshold: {error}") from error
    return BaselineTables(threshold, _decided(dev, threshold), _decided(test, threshold))


def write_tables(tables: BaselineTables, folder: Path) -> None:
    """scores_dev.csv and scores_test.csv, as `report` reads them."""
    write_table(tables.dev, folder / "scores_dev.csv")
    write_table(tables.test, folder / "scores_test.csv")


def captures(groups: Sequence[Path], doing: str) -> Iterator[Capture]:
    """All captures of the groups, behind a progress bar."""
    for path in tqdm(groups, doing, unit="group"):
        yield from read_group(path)


def capture_motion(capture: Capture) -> float:
    """An upper quantile of what no homography explains since the first frame, in face heights."""
    first, *others = capture.landmarks_TL3
    residuals = sorted(homography_residual(first, points) for points in others)
    if not residuals:
        return math.nan
    return residuals[min(int(_MOTION_QUANTILE * len(residuals)), len(residuals) - 1)]


def _groups(data: Path, split: str) -> tuple[Path, ...]:
    groups = list_groups(data, split)
    if not groups:
        raise NoCaptures(f"{data} holds no {split} captures; `python -m training synthesise` makes some")
    return groups


def _holds_both(groups: Sequence[Path]) -> bool:
    """Whether the groups hold bona fide and attack captures; reads no further than it must."""
    found = set[bool]()
    for path in groups:
        found |= {capture.bona_fide for capture in read_group(path)}
        if len(found) == 2:
            return True
    return False


def _scored(groups: Sequence[Path], score: Scorer, doing: str) -> Iterator[ScoreRow]:
    for capture in captures(groups, doing):
        yield ScoreRow(
            group=capture.group,
            subject=capture.subject,
            species=capture.species,
            bona_fide=capture.bona_fide,
            decision=Decision.UNDECIDED,
            score=score(capture),
            motion=capture_motion(capture),
            factors={name: str(value) for name, value in capture.factors.items()},
        )


def _decided(rows: Sequence[ScoreRow], threshold: float) -> tuple[ScoreRow, ...]:
    """A baseline answers wherever it has a score."""
    return tuple(
        row
        if math.isnan(row.score)
        else replace(row, decision=Decision.BONA_FIDE if row.score >= threshold else Decision.ATTACK)
        for row in rows
    )
