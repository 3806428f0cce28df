"""A plain folder of videos and a table of them, for whoever has captures of their own.

`samples.csv` in the folder, with a header: `path` (below the folder: a video or a folder of numbered frames),
`label` (bona_fide or attack), `subject` and `split` (train, dev or test) are needed; `session`, `camera` and
`species` (of the attack instrument, e.g. print or mask) may follow.
"""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from training.datasets.capture import SPLITS
from training.datasets.sample import BONA_FIDE, DataSetError, Listing, Problem, Sample

NAME: Final = "folder"
TABLE: Final = "samples.csv"
_NEEDED: Final = ("path", "label", "subject", "split")


def list_samples(root: Path) -> Listing:
    """The rows that can be used. Raises DataSetError where the table or a needed column is missing."""
    table = root / TABLE
    if not table.is_file():
        raise DataSetError(f"{table} is missing: a table with the columns {', '.join(_NEEDED)}")
    with table.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        lacking = [column for column in _NEEDED if column not in (rows.fieldnames or ())]
        if lacking:
            raise DataSetError(f"{table} has no column {', '.join(lacking)}")
        found = list(_read_rows(root, enumerate(rows, start=2)))
    problems = tuple(each for each in found if isinstance(each, Problem))
    samples = {each.name: each for each in found if isinstance(each, Sample)}
    return Listing(tuple(samples.values()), problems)


def _read_rows(
    root: Path, rows: Iterator[tuple[int, Mapping[str, str | None]]]
) -> Iterator[Sample | Problem]:
    seen: dict[str, int] = {}
    for line, row in rows:
        values = {
            key: (value or "").strip() for key, value in row.items() if key and not isinstance(value, list)
        }
        fault = _fault(root, values)
        if fault is None and values["path"] in seen:
            fault = f"{values['path']} is already on line {seen[values['path']]}"
        if fault is None:
            seen[values["path"]] = line
            yield _sample(root, values)
        else:
            yield Problem(f"{TABLE} line {line}", fault)


def _fault(root: Path, row: Mapping[str, str]) -> str | None:
    if empty := [column for column in _NEEDED if not row.get(column)]:
        return f"{', '.join(empty)} is empty"
    if row["label"] not in (BONA_FIDE, "attack"):
        return f"the label is bona_fide or attack, not {row['label']}"
    if row["split"] not in SPLITS:
        return f"the split is one of {', '.join(SPLITS)}, not {row['split']}"
    path = PurePosixPath(row["path"])
    if path.is_absolute() or ".." in path.parts:
        return f"{row['path']} is not a path below the folder"
    return None if (root / path).exists() else f"{row['path']} is not there"


def _sample(root: Path, row: Mapping[str, str]) -> Sample:
    bona_fide = row["label"] == BONA_FIDE
    return Sample(
        name=row["path"],
        split=row["split"],
        subject=row["subject"],
        session=row.get("session", ""),
        camera=row.get("camera", ""),
        species=BONA_FIDE if bona_fide else row.get("species") or "attack",
        data_set=NAME,
        path=root / row["path"],
    )
