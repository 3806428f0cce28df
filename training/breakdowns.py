"""Error rates by circumstance: for whom, and where, does it work less well?"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from training.metrics import Rate, Refusals, Tally, worst
from training.scores import ScoreRow
from training.time_attacks import TIME_ONLY_SPECIES

MIN_GAP_CAPTURES = 20  # a cell with fewer is shown, but no gap is claimed from it
MOTION = "motion"
LIGHT = "light"
POOLED_APCER = "APCER of all instruments together"
NOT_GIVEN = "not given"
OTHERS = "all others"
_MAX_CELLS = 12  # of a factor
_TERTILES = ("lower third", "middle third", "upper third")


@dataclass(frozen=True, slots=True)
class Cell:
    """All captures that share one value of a factor."""

    value: str
    bona_fide: Tally
    attacks: Mapping[str, Tally]  # by species

    def bpcer(self) -> Rate:
        """Of those that were classified."""
        return self.bona_fide.bpcer(Refusals.APART)

    def bpnrr(self) -> Rate:
        return self.bona_fide.non_response

    def apcer(self) -> tuple[str, Rate]:
        """The worst species', and its name; ("", 0/0) where no attack was presented."""
        rates = {species: tally.apcer(Refusals.APART) for species, tally in self.attacks.items()}
        return worst(rates) if any(rate.total for rate in rates.values()) else ("", Rate(0, 0))

    def pooled_apcer(self) -> Rate:
        """Of all instruments (prints, replays) together: a cell holds few captures of each."""
        shown = [tally for species, tally in self.attacks.items() if species not in TIME_ONLY_SPECIES]
        return sum(shown, Tally(0, 0, 0)).apcer(Refusals.APART)


@dataclass(frozen=True, slots=True)
class Gap:
    """The two values of a factor whose rates lie furthest apart."""

    factor: str
    measure: str
    low: tuple[str, Rate]
    high: tuple[str, Rate]

    @property
    def width(self) -> float:
        return self.high[1].value - self.low[1].value

    @property
    def beyond_chance(self) -> bool:
        """Whether the two 95 % intervals are apart: a cautious sign that the gap is no accident."""
        return self.low[1].interval[1] < self.high[1].interval[0]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One factor's cells, in the order of their values."""

    factor: str
    cells: tuple[Cell, ...]

    def gaps(self) -> tuple[Gap, ...]:
        """The widest gap of each measure, where two cells have enough captures."""
        measures: dict[str, Callable[[Cell], Rate]] = {
            "BPCER": Cell.bpcer,
            "BPNRR": Cell.bpnrr,
            "APCER": lambda cell: cell.apcer()[1],
            POOLED_APCER: Cell.pooled_apcer,
        }
        found = (self._widest(name, measure) for name, measure in measures.items())
        return tuple(gap for gap in found if gap is not None)

    def _widest(self, name: str, measure: Callable[[Cell], Rate]) -> Gap | None:
        rates = [(cell.value, measure(cell)) for cell in self.cells]
        enough = [each for each in rates if each[1].total >= MIN_GAP_CAPTURES]
        gaps = [
            Gap(self.factor, name, *sorted(two, key=lambda each: each[1].value))
            for two in combinations(enough, 2)
        ]
        return max(gaps, key=lambda gap: gap.width, default=None)


def break_down(rows: Sequence[ScoreRow], factor: str, value_of: Mapping[int, str]) -> Breakdown:
    """The cells of one factor, whose values are given by position.

    Captures without a value are in a cell of their own: they must not vanish.
    """
    members: dict[str, list[ScoreRow]] = defaultdict(list)
    for position, row in enumerate(rows):
        members[value_of.get(position, NOT_GIVEN)].append(row)
    return Breakdown(factor, tuple(_cell(value, each) for value, each in sorted(members.items())))


def all_breakdowns(rows: Sequence[ScoreRow]) -> tuple[Breakdown, ...]:
    """Every factor of the table that takes two values or more, and the motion in thirds of people's own.

    The light takes the session's place where that tells it and then what is behind the head ("dawn/office"):
    there are nearly as many of both together as there are captures.
    """
    rows = [_lit(row) for row in rows]
    names = sorted({name for row in rows for name in row.factors} - {MOTION})
    found = [break_down(rows, name, factor_values(rows, name)) for name in names]
    motion_of_people = [row.motion for row in rows if row.bona_fide]
    if not np.all(np.isnan(motion_of_people)):
        found.append(break_down(rows, MOTION, thirds([row.motion for row in rows], of=motion_of_people)))
    return tuple(each for each in found if len({cell.value for cell in each.cells} - {NOT_GIVEN}) > 1)


def factor_values(rows: Sequence[ScoreRow], factor: str) -> dict[int, str]:
    """The value of each position: as it stands, a number of many values in thirds, rare ones together.

    A text that is another one for nearly every capture names it and describes nothing: no values.
    """
    given = {i: row.factors[factor] for i, row in enumerate(rows) if factor in row.factors}
    counted = Counter(given.values())
    if len(counted) <= _MAX_CELLS:
        return given
    numbers = [_number(row.factors.get(factor)) for row in rows]
    if sum(not np.isnan(number) for number in numbers) == len(given):
        return thirds(numbers)
    if len(counted) > len(given) / 2:
        return {}
    common = {value for value, _ in counted.most_common(_MAX_CELLS - 1)}
    return {i: value if value in common else OTHERS for i, value in given.items()}


def thirds(values: Sequence[float], *, of: Sequence[float] | None = None) -> dict[int, str]:
    """Which third each position lies in: of the values themselves, or of others; no value, no third."""
    known = {position: value for position, value in enumerate(values) if not np.isnan(value)}
    if not known:
        return {}
    edges = np.nanquantile(list(known.values()) if of is None else of, [1 / 3, 2 / 3])
    places = np.searchsorted(edges, list(known.values()), side="right")
    return {position: _TERTILES[int(place)] for position, place in zip(known, places, strict=True)}


def widest_gap(breakdowns: Sequence[Breakdown], measure: str) -> Gap | None:
    """The widest gap of one measure over all factors."""
    gaps = [gap for each in breakdowns for gap in each.gaps() if gap.measure == measure]
    return max(gaps, key=lambda gap: gap.width, default=None)


def _lit(row: ScoreRow) -> ScoreRow:
    light, slash, _ = row.factors.get("session", "").partition("/")
    if not slash:
        return row
    others = {name: value for name, value in row.factors.items() if name != "session"}
    return replace(row, factors=others | {LIGHT: light})


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return float("nan")


def _cell(value: str, rows: Sequence[ScoreRow]) -> Cell:
    species = sorted({row.species for row in rows if not row.bona_fide})
    return Cell(
        value,
        Tally.of(row.decision for row in rows if row.bona_fide),
        {
            name: Tally.of(r.decision for r in rows if not r.bona_fide and r.species == name)
            for name in species
        },
    )
