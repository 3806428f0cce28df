"""(c) How many people at once."""

from collections.abc import Iterator
from functools import cache

from tests.bench.loads import HEAD, Load, largest, most
from tests.bench.options import Options
from tests.bench.tables import Table

_START, _LIMIT = 4, 12


def run(options: Options) -> Iterator[Table]:
    loads = found(options.quick, options)
    rows = [each.row() for each in sorted(loads, key=lambda load: load.streams)]
    yield Table("Streams of 640 x 480 at 30 a second, `compact`", HEAD, rows)
    yield Table("At once", ("largest number with p95 <= 0.25 s and nothing dropped",), [(largest(loads),)])


def sustained(options: Options) -> int:
    """The largest number, found once a run."""
    return largest(found(options.quick, options))


@cache
def _once() -> list[Load]:
    return []


def found(quick: bool, options: Options) -> list[Load]:
    loads = _once()
    if not loads:
        loads += most(options, start=2 if quick else _START, limit=2 if quick else _LIMIT)
    return loads
