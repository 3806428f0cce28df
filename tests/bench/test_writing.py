"""What the benchmarks write, and when a load counts as sustained; no figure of theirs is tested."""

from dataclasses import replace
from pathlib import Path

import pytest

from service.bench.served import quantile
from tests.bench.loads import Load
from tests.bench.readme import README, write
from tests.bench.tables import Table

FIGURES = Table("Passes", ("", "ms"), [("encoder", 7.123), ("pair", 1234.5)])
GOOD = Load(3, 10.0, 0.05, 0.1, {"answered": 3, "windows": 270}, 1.5, 300.0)


def test_figures_take_the_place_of_the_old_ones_and_leave_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text("a\n<!-- figures of cost -->\nold\n<!-- end of cost -->\nb\n<!-- figures of memory -->\n")
    write("cost", [FIGURES], "today", path)
    said = path.read_text()
    assert "old" not in said
    assert "| encoder | 7.12 |\n| pair | 1234 |" in said
    assert said.startswith("a\n<!-- figures of cost -->\n*today*")
    assert said.endswith("<!-- end of cost -->\nb\n<!-- figures of memory -->\n")


def test_a_file_without_a_place_for_the_figures_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text("nothing")
    with pytest.raises(ValueError, match="figures of cost"):
        write("cost", [FIGURES], "today", path)
    assert path.read_text() == "nothing"


def test_the_readme_has_a_place_for_every_benchmark_and_says_what_it_measures() -> None:
    main = (Path(__file__).with_name("__main__.py")).read_text()
    names = [line.split('"')[1] for line in main.splitlines() if line.endswith(".run,")]
    said = README.read_text()
    assert len(names) > 5
    for name in names:
        assert f"<!-- figures of {name} -->" in said
        assert f"<!-- end of {name} -->" in said
        assert f"| `{name}` |" in said


@pytest.mark.parametrize(
    "worse",
    [
        replace(GOOD, p95=0.3),
        replace(GOOD, told={"answered": 2, "windows": 180}),
        replace(GOOD, told={"answered": 3, "late": 1}),
        replace(GOOD, told={"answered": 3, "left_out": 50}),
    ],
    ids=["too late", "one refused", "one frame dropped", "frames without credit"],
)
def test_a_load_is_sustained_where_everyone_is_answered_in_time_and_nothing_is_dropped(worse: Load) -> None:
    assert GOOD.sustained
    assert not worse.sustained


def test_a_quantile_is_of_what_was_counted_in_between() -> None:
    before, after = {0.1: 5.0, 0.2: 5.0, float("inf"): 5.0}, {0.1: 5.0, 0.2: 24.0, float("inf"): 25.0}
    assert quantile(before, after, 0.5) == 0.2
    assert quantile(before, after, 1.0) == float("inf")
