"""Rows of a study -> a table in a file, and back: a variant that is done is not done again."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TypeVar, cast

Row = TypeVar("Row")


def write_study(found: Sequence[Any], path: Path) -> None:
    """Dataclasses of one type, one at least; a column for each field."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [each.name for each in fields(found[0])])
        writer.writeheader()
        writer.writerows(asdict(each) for each in found)


def read_study(kind: type[Row], path: Path) -> tuple[Row, ...]:
    """What `write_study` wrote; nothing where there is no file yet."""
    if not path.is_file():
        return ()
    with path.open(newline="", encoding="utf-8") as file:
        return tuple(_read(kind, cells) for cells in csv.DictReader(file))


def _read(kind: type[Row], cells: Mapping[str, str]) -> Row:
    made: dict[str, Any] = {
        each.name: cast(type, each.type)(cells[each.name]) for each in fields(cast(Any, kind))
    }
    return kind(**made)
