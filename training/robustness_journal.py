"""The decisions of a robustness run as they are taken: one that was stopped goes on where it was.

CSV, a row for each capture and perturbation, those of one capture at once: FOLDER/decisions.RUN.partial until
the run is done, FOLDER/decisions.csv from then on. RUN is a digest of what the decisions hang on beside our
own code, so that a run with other captures or weights begins a file of its own.
"""

import csv
import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from model.verdict import Decision
from training.robustness import PERTURBATIONS, Decisions

_COLUMNS: Final = ("number", "capture", "perturbation", "before", "after")
_NOT_APPLIED: Final = "none"  # and no empty cell, which a row that was cut off would show as well
_NAMES: Final = tuple(each.name for each in PERTURBATIONS)


@dataclass(frozen=True, slots=True)
class Judged:
    """One capture's decisions; `number` is its place in the run."""

    number: int
    capture: str
    decisions: Decisions


@dataclass(frozen=True, slots=True)
class Journal:
    """Of the run with this digest; `names` are those of its perturbations."""

    folder: Path
    run: str
    names: Sequence[str] = field(default=_NAMES)

    def begin(self) -> tuple[Judged, ...]:
        """What was judged before; what a kill left half-written is taken out."""
        before = _finished(self._path, self.names)
        partial = self._path.with_suffix(".begun")
        with partial.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerow(_COLUMNS)
            csv.writer(file).writerows(row for judged in before for row in _rows(judged, self.names))
        os.replace(partial, self._path)
        return before

    def add(self, judged: Judged) -> None:
        with self._path.open("a", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(_rows(judged, self.names))

    def end(self) -> Path:
        """The table of a run that is done; the same run would begin anew."""
        return self._path.replace(self.folder / "decisions.csv")

    @property
    def _path(self) -> Path:
        return self.folder / f"decisions.{self.run}.partial"


def run_digest(weights: Path, seed: int, pictures: Iterable[bytes]) -> str:
    """Of the graphs, the perturbations' names and seed, and all that is judged."""
    digest = hashlib.sha256("\n".join([str(seed), *_NAMES]).encode())
    for path in sorted(weights.glob("*.onnx")):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for data in pictures:
        digest.update(hashlib.sha256(data).digest())
    return digest.hexdigest()[:12]


def _rows(judged: Judged, names: Sequence[str]) -> list[tuple[str, ...]]:
    known, decisions = (str(judged.number), judged.capture), judged.decisions
    return [(*known, name, decisions.before, decisions.after.get(name, _NOT_APPLIED)) for name in names]


def _finished(path: Path, names: Sequence[str]) -> tuple[Judged, ...]:
    if not path.is_file():
        return ()
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.reader(file) if len(row) == len(_COLUMNS) and row[0].isdecimal()]
    found: dict[tuple[int, str], dict[str, tuple[str, str]]] = {}
    for number, capture, name, before, after in rows:
        found.setdefault((int(number), capture), {})[name] = before, after
    judged = (Judged(*key, _decisions(cells)) for key, cells in found.items() if _whole(cells, names))
    return tuple(judged)


def _whole(cells: Mapping[str, tuple[str, str]], names: Sequence[str]) -> bool:
    """Whether there is a row of each perturbation, and none is cut off."""
    known = {*Decision, _NOT_APPLIED}
    return list(cells) == list(names) and all(known.issuperset(pair) for pair in cells.values())


def _decisions(cells: Mapping[str, tuple[str, str]]) -> Decisions:
    (before, _), *_ = cells.values()
    after = {name: Decision(word) for name, (_, word) in cells.items() if word != _NOT_APPLIED}
    return Decisions(Decision(before), after)
