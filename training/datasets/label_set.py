"""A whole data set -> groups of captures in a folder: resumable, and nothing stops it halfway.

`plan.json` fixes which sample goes into which group, `labels.csv` tells of each sample what became of it; a
group is written before its rows, so that a run that was cut off goes on with the first group without them.
"""

import csv
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final

from training.datasets.capture import group_path, write_group
from training.datasets.grouping import Group, plan_groups
from training.datasets.labellers import LABELLED, LabelledGroup, Labeller, LabelRow
from training.datasets.labelling import LabelRule
from training.datasets.sample import DataSetError, Sample

PLAN: Final = "plan.json"
JOURNAL: Final = "labels.csv"

Progress = Callable[[Iterator[LabelledGroup], int], Iterable[LabelledGroup]]


def label_data_set(
    samples: Sequence[Sample], out: Path, *, labeller: Labeller, rule: LabelRule, progress: Progress
) -> tuple[LabelRow, ...]:
    """Labels what is not labelled yet and returns the rows of all samples.

    `progress` passes on the groups as they are done; it is told how many there will be. Raises DataSetError
    where `out` was made from other samples or by another rule than `rule`, the labeller's.
    """
    groups = plan_groups(samples)
    out.mkdir(parents=True, exist_ok=True)
    _fix_plan(out / PLAN, groups, rule)
    rows = _finished(out, groups)
    _write_rows(out / JOURNAL, rows)
    todo = [group for group in groups if group.number not in rows]
    for done in progress(labeller(todo), len(todo)):
        if done.captures:
            write_group(out, done.captures)
        rows[done.group.number] = done.rows
        _append_rows(out / JOURNAL, done.rows)
    _write_rows(out / JOURNAL, rows)  # in the groups' order, whoever was first
    return _in_order(rows)


def alone(rows: Iterable[LabelRow]) -> int:
    """Groups that hold attacks, but no bona fide capture to pair them with: training passes over them."""
    labelled = Counter((row.group, row.species == "bona_fide") for row in rows if row.outcome == LABELLED)
    return sum(1 for group, bona_fide in labelled if not bona_fide and (group, True) not in labelled)


def _fix_plan(path: Path, groups: Sequence[Group], rule: LabelRule) -> None:
    plan: dict[str, Any] = {
        "rule": asdict(rule),
        "groups": [[group.split, *(each.name for each in group.members)] for group in groups],
    }
    if not path.exists():
        _replace(path, json.dumps(plan))
    elif json.loads(path.read_text()) != json.loads(json.dumps(plan)):
        raise DataSetError(
            f"{path.parent} was made from other samples or with other settings; label into a new folder"
        )


def _in_order(rows: Mapping[int, Sequence[LabelRow]]) -> tuple[LabelRow, ...]:
    return tuple(row for number in sorted(rows) for row in rows[number])


def _finished(out: Path, groups: Sequence[Group]) -> dict[int, tuple[LabelRow, ...]]:
    """The rows of each group that was finished; what a kill left half-written does not count."""
    found: dict[int, list[LabelRow]] = {}
    for row in _read_rows(out / JOURNAL):
        found.setdefault(row.group, []).append(row)
    return {
        group.number: tuple(found[group.number])
        for group in groups
        if [row.name for row in found.get(group.number, [])] == [each.name for each in group.members]
        and _on_disk(out, group, found[group.number])
    }


def _on_disk(out: Path, group: Group, rows: Sequence[LabelRow]) -> bool:
    expected = any(row.outcome == LABELLED for row in rows)
    return not expected or group_path(out, group.split, group.number).is_file()


def _read_rows(path: Path) -> list[LabelRow]:
    if not path.is_file():
        return []
    names = [field.name for field in fields(LabelRow)]
    with path.open(newline="") as file:
        rows = [row for row in csv.reader(file) if len(row) == len(names) and row != names]
    stored = [dict(zip(names, row, strict=True)) for row in rows]
    return [
        LabelRow(
            group=int(row["group"]),
            name=row["name"],
            split=row["split"],
            species=row["species"],
            outcome=row["outcome"],
            message=row["message"],
            frames=int(row["frames"]),
        )
        for row in stored
        if row["group"].isdecimal() and row["frames"].isdecimal()
    ]


def _write_rows(path: Path, rows: Mapping[int, Sequence[LabelRow]]) -> None:
    """The header and the rows, whole or not at all."""
    partial = path.with_suffix(".partial")
    with partial.open("w", newline="") as file:
        csv.writer(file).writerow([field.name for field in fields(LabelRow)])
    _append_rows(partial, _in_order(rows))
    os.replace(partial, path)


def _append_rows(path: Path, rows: Sequence[LabelRow]) -> None:
    with path.open("a", newline="") as file:
        csv.writer(file).writerows(list(asdict(row).values()) for row in rows)


def _replace(path: Path, text: str) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(text)
    os.replace(partial, path)
