"""Evidence -> the report: one HTML file that asks nothing of any other place, and its tables as Markdown."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from training.breakdowns import MIN_GAP_CAPTURES, POOLED_APCER, Breakdown, Gap, all_breakdowns, widest_gap
from training.metrics import Refusals
from training.report import figures
from training.report.evidence import Evidence
from training.report.paper import published
from training.report.results import Results
from training.report.wording import environment, words
from training.score_folder import parts
from training.time_gaps import TimeGap, time_gaps

_HARDEST: Final = 8
_MEASURES: Final = ("BPCER", "BPNRR", "APCER", POOLED_APCER)
SUMMARY_SUFFIX: Final = ".md"


@dataclass(frozen=True, slots=True)
class DepthMap:
    """A picture in the page."""

    caption: str
    data: str  # a data: address


def render(evidence: Evidence, *, made: datetime | None = None) -> str:
    """The whole page. `made` is now unless it is given."""
    told = _told(evidence, made)
    return environment().get_template("report.html").render(told | _pictures(evidence, told))


def render_summary(evidence: Evidence, *, made: datetime | None = None) -> str:
    """The page's tables as Markdown, for people and for programs: counts, rates in per cent, intervals."""
    lines = environment().get_template("report.md").render(_told(evidence, made)).splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _told(evidence: Evidence, made: datetime | None) -> dict[str, Any]:
    """What both say, in numbers and words."""
    network = Results(evidence.network)
    baselines = [Results(each) for each in evidence.baselines]
    breakdowns = all_breakdowns(evidence.network.test)
    return dict(
        made=(made or datetime.now(UTC)).strftime("%d %B %Y"),
        draws=evidence.draws,
        left_out=evidence.left_out,
        parts=tuple(parts(evidence.provenance)),
        card=evidence.card,
        card_fields=_card_fields(evidence),
        network=network,
        dev_captures=len(evidence.network.dev),
        kinds=[each for each in (network, network.instruments) if each],
        systems=[network, *baselines],
        scored=[each for each in (network, network.instruments, *baselines) if each],
        protocols=[(each, published(each.name)) for each in map(Results, evidence.protocols)],
        clips=[Results(each) for each in evidence.clips],
        time_gaps=_time_gaps(evidence),
        breakdowns=breakdowns,
        gaps=_gaps(breakdowns),
        min_gap_captures=MIN_GAP_CAPTURES,
        flips=evidence.flips,
        hardest=network.hardest(_HARDEST),
        provenance=_flattened(evidence.provenance),
        model_card=evidence.model_card,
        apart=Refusals.APART,
        refused=Refusals.REFUSED,
    )  # fmt: skip


def _pictures(evidence: Evidence, told: Mapping[str, Any]) -> dict[str, Any]:
    network, *baselines = told["systems"]
    return {
        "figures": _figures(evidence, network, baselines),
        "depth_maps": [_depth_map(path) for path in evidence.depth_maps],
    }


def write_report(evidence: Evidence, path: Path) -> tuple[Path, Path]:
    """Writes the page, and the Markdown beside it, each whole or not at all; their paths."""
    summary = path.with_suffix(SUMMARY_SUFFIX)
    path.parent.mkdir(parents=True, exist_ok=True)
    for each, text in ((path, render(evidence)), (summary, render_summary(evidence))):
        partial = each.with_name(each.name + ".partial")
        partial.write_text(text, encoding="utf-8")
        partial.replace(each)
    return path, summary


def _figures(evidence: Evidence, network: Results, baselines: Sequence[Results]) -> Mapping[str, Markup]:
    """Our own drawings; the names in them were escaped when they were drawn."""
    drawn = {
        "species": figures.species_chart(
            {name: tally.apcer(Refusals.APART) for name, tally in network.species.items()}
        ),
        "scores": figures.score_histograms(network),
        "det": figures.det_chart([network, *baselines]),
    }
    if any(each.captures for each in evidence.flips):
        drawn["flips"] = figures.flips_chart(evidence.flips)
    return {name: Markup(svg) for name, svg in drawn.items()}


def _time_gaps(evidence: Evidence) -> Sequence[TimeGap]:
    return time_gaps(evidence.windows)


def _gaps(breakdowns: Sequence[Breakdown]) -> Sequence[Gap]:
    found = (widest_gap(breakdowns, measure) for measure in _MEASURES)
    return [gap for gap in found if gap is not None]


def _depth_map(path: Path) -> DepthMap:
    data = base64.b64encode(path.read_bytes()).decode()
    return DepthMap(words(path.stem), f"data:image/png;base64,{data}")


def _card_fields(evidence: Evidence) -> Sequence[tuple[str, Any]]:
    return _flattened(json.loads(evidence.card.to_json())) if evidence.card else ()


def _flattened(values: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """Nested tables as lines "outer: inner"."""
    lines: list[tuple[str, Any]] = []
    for name, value in values.items():
        if isinstance(value, Mapping):
            lines += _flattened(value, f"{prefix}{words(name)}: ")
        else:
            lines.append((prefix + words(name), value))
    return lines
