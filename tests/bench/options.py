"""What the command line says to every benchmark."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from tests.bench.tables import Table


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    film: Path  # the JPEGs that are streamed, as `tests.bench.film` stored them
    quick: bool = False  # whether it works at all: figures mean nothing
    pythons: dict[str, Path] = field(default_factory=dict)  # of other environments, for `providers`
    captures: Path | None = None  # for `int8`
    say: Callable[[str], None] = print  # what is going on

    def seconds(self, usual: float) -> float:
        return min(usual, 4.0) if self.quick else usual

    def rounds(self, usual: int) -> int:
        return min(usual, 3) if self.quick else usual


Benchmark: TypeAlias = Callable[[Options], Iterator[Table]]
