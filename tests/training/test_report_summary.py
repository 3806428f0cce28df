"""The Markdown beside the page: its tables, whole lines of as many cells, counts before rates."""

import argparse
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.training.report_scores import SPECIES
from training.commands import report
from training.metrics import Refusals
from training.report.evidence import read_evidence
from training.report.page import render, render_summary
from training.report.results import Results
from training.scores import read_table, write_table

DAY = datetime(2030, 1, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def summary(scores: Path) -> str:
    return render_summary(read_evidence(scores), made=DAY)


def tables(summary: str) -> list[list[list[str]]]:
    """Cells of each table, head first, without the rule below it."""
    found = [block.splitlines() for block in summary.split("\n\n") if block.startswith("|")]
    return [
        [[cell.strip() for cell in line.strip("|").split("|")] for line in (lines[0], *lines[2:])]
        for lines in found
    ]


def table(summary: str, heading: str) -> dict[str, list[str]]:
    """The table under a heading, by its first cells."""
    _, *lines = tables(summary.split(f"# {heading}\n\n")[1])[0]
    return {name: cells for name, *cells in lines}


def test_every_line_of_a_table_has_as_many_cells_as_its_head(summary: str) -> None:
    assert len(tables(summary)) > 8
    for head, *lines in tables(summary):
        assert lines
        assert {len(line) for line in lines} == {len(head)}


def test_counts_come_before_rates_and_rates_before_intervals(scores: Path, summary: str) -> None:
    results = Results(read_evidence(scores).network)
    for name in SPECIES:
        rate = results.species[name].apcer(Refusals.APART)
        low, high = rate.interval
        assert table(summary, "By species")[name.replace("_", " ")][:3] == [
            f"{rate.count} / {rate.total}",
            f"{100 * rate.value:.1f} %",
            f"{100 * low:.1f} – {100 * high:.1f}",
        ]


def test_it_says_what_the_page_says_of_both_error_rates(scores: Path, summary: str) -> None:
    results = Results(read_evidence(scores).network)
    name, rate = results.worst_apcer()
    worst, accepted, *_ = table(summary, "Both error rates")["network, of those classified"]
    assert (worst, accepted) == (name.replace("_", " "), f"{rate.count} / {rate.total}")
    assert set(table(summary, "Both error rates")) == {
        f"network{which}, {counted}"
        for which in ("", ", instruments alone")
        for counted in ("of those classified", "undecided as refused")
    }


@pytest.mark.parametrize("factor", ["camera", "session", "skin tone", "glasses", "motion"])
def test_each_breakdown_has_its_counts_and_the_instruments_together(summary: str, factor: str) -> None:
    section = summary.split(f"### {factor}\n\n")[1].split("\n\n")[0]
    head, _, *lines = section.splitlines()
    place = head.split("|").index(" instruments accepted / classified ")
    assert all("/" in line.split("|")[2] and "/" in line.split("|")[place] for line in lines)
    assert len(lines) > 1


def test_names_from_the_tables_are_text_and_no_cell_more(scores: Path, tmp_path: Path) -> None:
    rows = read_table(scores / "scores_test.csv")
    nasty = "a|b <script>"
    changed = [
        replace(r, species=r.species if r.bona_fide else nasty, factors={"camera": nasty}) for r in rows
    ]
    for split in ("dev", "test"):
        write_table(changed, tmp_path / f"scores_{split}.csv")
    text = render_summary(read_evidence(tmp_path))
    assert "<script" not in text
    assert "| a\\|b &lt;script&gt; |" in text


def test_the_command_names_both_files_and_takes_no_markdown_for_the_page(
    scores: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    report.add_arguments(parser)
    out = tmp_path / "page.html"
    report.run(parser.parse_args([str(scores), "--out", str(out)]))
    said = capsys.readouterr().out
    assert str(out) in said
    assert str(tmp_path / "page.md") in said
    assert (tmp_path / "page.md").read_text().startswith("# Presentation attack detection: compact")
    with pytest.raises(SystemExit):
        parser.parse_args([str(scores), "--out", "report.md"])
    assert "name the page" in capsys.readouterr().err


def test_the_page_shows_the_same_tables(scores: Path) -> None:
    page = render(read_evidence(scores), made=DAY)
    for heading in (
        "both error rates",
        "Attacks of time through the verdict rule",
        "worst species at BPCER",
        "all instruments: accepted / classified",
        "<th>too still / all</th>",
    ):
        assert heading in page
