"""Which groups a folder holds hangs on what was asked for, not on how far ahead its processes were."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.conftest import procedural_capture
from training.datasets.capture import group_path, list_groups, write_group
from training.synthesis import engine
from training.synthesis.engine import Made, Order, Studio, make_ahead, make_captures

AHEAD = 3  # groups


class Processes:
    """In the place of `shared_out`: `make` has made three groups more than were asked of it."""

    def __init__(self, make: Callable[[int], Made]) -> None:
        self.make = make

    def __call__(self, _: Callable[[int], Made], groups: Iterable[int], **__: object) -> Iterator[Made]:
        waiting, numbers = list[Made](), iter(groups)
        while True:
            while len(waiting) <= AHEAD:
                waiting.append(self.make(next(numbers)))
            yield waiting.pop(0)


@pytest.fixture
def order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Order:
    """Of groups of two captures that are written, not rendered."""
    asked = Order(assets=tmp_path, out=tmp_path, seed=1, split="dev")

    def write(order: Order, _: Studio | None, group: int) -> Made:
        if not group_path(order.out, "dev", group).exists():
            write_group(
                order.out, [procedural_capture(group, "dev", each) for each in ("bona_fide", "print")]
            )
        return Made(group, 2)

    monkeypatch.setattr(engine, "make_one", write)
    monkeypatch.setattr(engine, "shared_out", Processes(lambda group: make_ahead(asked, None, group)))  # type: ignore[arg-type]
    return asked


def names(order: Order) -> list[str]:
    return [path.stem for path in list_groups(order.out, "dev")]


def test_a_folder_holds_the_groups_that_were_asked_for_and_none_made_ahead(order: Order) -> None:
    assert [made.group for made in make_captures(order, 3, jobs=2)] == [0, 1]
    assert names(order) == ["000000", "000001"]


def test_who_asks_for_more_gets_those_made_ahead(order: Order) -> None:
    list(make_captures(order, 3, jobs=2))
    ahead = {path.name: path.stat().st_ino for path in (order.out / ".ahead/dev").iterdir()}
    assert sorted(ahead) == ["000002.npz", "000003.npz", "000004.npz"]
    made = list(make_captures(order, 10, jobs=2))
    assert [each.was_there for each in made] == [True, True, False, False, False]
    assert {path.name: path.stat().st_ino for path in list_groups(order.out, "dev")[2:]} == ahead
