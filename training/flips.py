"""The robustness table: how many decisions each perturbation flips, and whether the captures are enough."""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

from model.verdict import Decision
from training.intervals import captures_needed
from training.metrics import Rate
from training.robustness import PERTURBATIONS, Decisions, Perturbation

_DERIVED: Final = ("flips", "rate", "low", "high", "captures_needed", "large_enough")


@dataclass(frozen=True, kw_only=True, slots=True)
class Flips:
    """Captures whose decision changed under one perturbation, and what it changed to."""

    perturbation: str
    captures: int  # that the perturbation applies to
    to_bona_fide: int
    to_attack: int
    to_undecided: int
    wanted: float | None = None  # the share that may flip; None where nobody stated one

    def __add__(self, other: "Flips") -> "Flips":
        """Of the same perturbation, of other captures."""
        return replace(
            self,
            captures=self.captures + other.captures,
            to_bona_fide=self.to_bona_fide + other.to_bona_fide,
            to_attack=self.to_attack + other.to_attack,
            to_undecided=self.to_undecided + other.to_undecided,
        )

    @property
    def rate(self) -> Rate:
        return Rate(self.to_bona_fide + self.to_attack + self.to_undecided, self.captures)

    @property
    def captures_needed(self) -> int | None:
        """The least number that shows the wanted share, where none of them flips."""
        return None if self.wanted is None else captures_needed(self.wanted)

    @property
    def large_enough(self) -> bool | None:
        """Whether so many captures could show the wanted share; None where nobody stated one."""
        return None if self.captures_needed is None else self.captures >= self.captures_needed


def count_flips(
    captures: Iterable[Decisions], *, perturbations: Sequence[Perturbation] = PERTURBATIONS
) -> tuple[Flips, ...]:
    """Over all captures that each perturbation applies to."""
    decided = list(captures)
    return tuple(
        _flips(each, [(one.before, one.after[each.name]) for one in decided if each.name in one.after])
        for each in perturbations
    )


def described(flips: Flips, *, missing: str) -> str:
    """A line of the table; `missing` says why there is a perturbation that applies to no capture."""
    if not flips.captures:
        return f"{flips.perturbation:28} not measured: {missing}"
    line = f"{flips.perturbation:28} flips {flips.rate}"
    if flips.wanted is None:
        return line
    enough = "enough" if flips.large_enough else "too few"
    return f"{line}   wanted {flips.wanted:.0%}: {enough} captures to show it, {flips.captures_needed} needed"


def write_flips(flips: Sequence[Flips], path: Path) -> None:
    """The counts, and what follows from them for whoever reads the table alone; empty where nothing does."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*(field.name for field in fields(Flips)), *_DERIVED])
        writer.writeheader()
        writer.writerows({**asdict(each), **_derived(each)} for each in flips)


def read_flips(path: Path) -> tuple[Flips, ...]:
    """The counts alone; a table without wanted shares is read as well."""
    with path.open(newline="", encoding="utf-8") as file:
        return tuple(
            Flips(
                perturbation=cells["perturbation"],
                captures=int(cells["captures"]),
                to_bona_fide=int(cells["to_bona_fide"]),
                to_attack=int(cells["to_attack"]),
                to_undecided=int(cells["to_undecided"]),
                wanted=float(wanted) if (wanted := cells.get("wanted")) else None,
            )
            for cells in csv.DictReader(file)
        )


def _flips(perturbation: Perturbation, pairs: Sequence[tuple[Decision, Decision]]) -> Flips:
    became = Counter(after for before, after in pairs if after is not before)
    return Flips(
        perturbation=perturbation.name,
        captures=len(pairs),
        to_bona_fide=became[Decision.BONA_FIDE],
        to_attack=became[Decision.ATTACK],
        to_undecided=became[Decision.UNDECIDED],
        wanted=perturbation.wanted,
    )


def _derived(flips: Flips) -> Mapping[str, Any]:
    counted = {"captures_needed": flips.captures_needed, "large_enough": flips.large_enough}
    if not flips.captures:
        return counted
    low, high = flips.rate.interval
    return counted | {"flips": flips.rate.count, "rate": flips.rate.value, "low": low, "high": high}
