"""The scores table: one row per capture, the contract between whatever scores and whatever reports.

CSV with a header: the columns of `ScoreRow`, and one `factor.NAME` column for each thing that rates are
broken down by (camera, session, skin_tone, age_group, glasses, ...); an empty cell means that it is unknown.
Numbers that could not be measured are `nan`. Other columns are left alone.
"""

import csv
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol, TypeVar

import numpy as np

from model.quality import Reason
from model.verdict import Decision
from training.errors import TrainingError

CARD_NAME: Final = "card.json"  # beside the tables: of the weights that scored them
FACTOR_PREFIX: Final = "factor."
BONA_FIDE: Final = "bona_fide"
_REQUIRED: Final = ("group", "subject", "species", "bona_fide", "decision", "score")
_NUMBERS: Final = (
    "decisive_score",
    "depth_score",
    "bona_fide_probability",
    "motion",
    "frozen_share",
    "repeated_share",
    "early_share",
)
_BOOLEANS: Final = {"True": True, "true": True, "1": True, "False": False, "false": False, "0": False}


class Circumstanced(Protocol):
    """A capture, or a row of one, that tells its circumstances."""

    @property
    def factors(self) -> Mapping[str, object]: ...


Shown = TypeVar("Shown", bound=Circumstanced)


class TableError(TrainingError):
    """A file that is no scores table; the message names the line and what is wrong with it."""

    code = "not_a_scores_table"


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreRow:
    """One capture: how it ended, the evidence, and the circumstances."""

    group: int
    subject: str
    species: str
    bona_fide: bool
    decision: Decision
    reasons: tuple[str, ...] = ()
    score: float  # higher is bona fide; NaN where the system has none
    decisive_score: float = math.nan  # the highest threshold that it passes; NaN where no threshold decides
    depth_score: float = math.nan
    bona_fide_probability: float = math.nan
    motion: float = math.nan
    frozen_share: float = math.nan
    repeated_share: float = math.nan
    early_decision: Decision | None = None  # of a service that stops at the first decision
    early_share: float = math.nan  # of the sampled frames that it had seen by then
    factors: Mapping[str, str] = field(default_factory=dict)

    @property
    def sent_on(self) -> bool:
        """Whether it is a capture of the table once more, moved or compressed as an attack's pictures are."""
        return is_sent_on(self.factors)

    @property
    def depends_on_the_threshold(self) -> bool:
        """Whether another threshold could have changed the decision.

        A capture without enough evidence is undecided at any threshold; one that is too still had passed it.
        """
        if math.isnan(self.score):
            return False
        return self.decision is not Decision.UNDECIDED or self.reasons == (Reason.TOO_STILL,)


def read_table(path: Path) -> tuple[ScoreRow, ...]:
    """Raises TableError, FileNotFoundError."""
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        missing = [name for name in _REQUIRED if name not in (reader.fieldnames or ())]
        if missing:
            raise TableError(f"{path} is no scores table: it has no column {', '.join(missing)}")
        return tuple(_row(cells, f"{path}, line {reader.line_num}") for cells in reader)


def write_table(rows: Sequence[ScoreRow], path: Path) -> None:
    """Writes the table whole or not at all."""
    factors = sorted({name for row in rows for name in row.factors})
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            [*_REQUIRED, "reasons", "early_decision", *_NUMBERS, *(FACTOR_PREFIX + name for name in factors)]
        )
        for row in rows:
            required, numbers = ([getattr(row, name) for name in names] for names in (_REQUIRED, _NUMBERS))
            circumstances = [row.factors.get(name, "") for name in factors]
            writer.writerow(
                [*required, " ".join(row.reasons), row.early_decision or "", *numbers, *circumstances]
            )
    partial.replace(path)


def is_sent_on(factors: Mapping[str, object]) -> bool:
    """Whether these are the circumstances of a bona fide capture that was moved or compressed once more."""
    return "relayed" in factors


def as_taken(shown: Iterable[Shown]) -> Iterator[Shown]:
    """Attacks, and bona fide captures as they were taken: all but those that were sent on.

    What was sent on is the same recording of the same person once more. Thresholds and intervals take
    captures for independent; with it, n would be two or three times what was seen of people.
    """
    return (each for each in shown if not is_sent_on(each.factors))


def decides_both(rows: Sequence[ScoreRow]) -> bool:
    """Whether a bona fide and an attack capture got a decision: error rates need both."""
    return {row.bona_fide for row in rows if row.decision is not Decision.UNDECIDED} == {True, False}


def scores_by_species(rows: Sequence[ScoreRow]) -> tuple[list[float], dict[str, list[float]]]:
    """Bona fide scores, and those of each attack species; captures without a score are left out."""
    bona_fide: list[float] = []
    attacks: dict[str, list[float]] = {}
    for row in rows:
        if not np.isnan(row.score):
            (bona_fide if row.bona_fide else attacks.setdefault(row.species, [])).append(row.score)
    return bona_fide, attacks


def _row(cells: Mapping[str, str | None], place: str) -> ScoreRow:
    try:
        return ScoreRow(
            group=int(_cell(cells, "group")),
            subject=_cell(cells, "subject"),
            species=_cell(cells, "species"),
            bona_fide=_BOOLEANS[_cell(cells, "bona_fide")],
            decision=Decision(_cell(cells, "decision")),
            reasons=tuple((cells.get("reasons") or "").split()),
            score=_number(cells, "score"),
            early_decision=Decision(early) if (early := cells.get("early_decision")) else None,
            **{name: _number(cells, name) for name in _NUMBERS},
            factors=_factors(cells),
        )
    except (KeyError, ValueError) as error:
        raise TableError(f"{place}: {error}") from error


def _cell(cells: Mapping[str, str | None], name: str) -> str:
    text = cells[name]
    if text is None:
        raise ValueError(f"the line ends before the column {name}")
    return text


def _number(cells: Mapping[str, str | None], name: str) -> float:
    return float(cells.get(name) or "nan")


def _factors(cells: Mapping[str, str | None]) -> dict[str, str]:
    return {
        name.removeprefix(FACTOR_PREFIX): text
        for name, text in cells.items()
        if name is not None and name.startswith(FACTOR_PREFIX) and text
    }
