"""Evidence -> the report: one HTML file that asks nothing of any other place."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from training.breakdowns import MIN_GAP_CAPTURES, Breakdown, Gap, all_breakdowns, widest_gap
from training.intervals import CONFIDENCE
from training.metrics import Rate, Refusals
from training.report import figures
from training.report.evidence import Evidence
from training.report.paper import published
from training.report.results import Results
from training.time_gaps import TimeGap, time_gaps

_HARDEST: Final = 8
_MEASURES: Final = ("BPCER", "BPNRR", "APCER")


@dataclass(frozen=True, slots=True)
class DepthMap:
    """A picture in the page."""

    caption: str
    data: str  # a data: address


def render(evidence: Evidence, *, made: datetime | None = None) -> str:
    """The whole page. `made` is now unless it is given."""
    network = Results(evidence.network)
    baselines = [Results(each) for each in evidence.baselines]
    breakdowns = all_breakdowns(evidence.network.test)
    return _environment().get_template("report.html").render(
        made=(made or datetime.now(UTC)).strftime("%d %B %Y"),
        card=evidence.card,
        card_fields=_card_fields(evidence),
        network=network,
        dev_captures=len(evidence.network.dev),
        systems=[network, *baselines],
        protocols=[(each, published(each.name)) for each in map(Results, evidence.protocols)],
        clips=[Results(each) for each in evidence.clips],
        time_gaps=_time_gaps(evidence),
        breakdowns=breakdowns,
        gaps=_gaps(breakdowns),
        min_gap_captures=MIN_GAP_CAPTURES,
        flips=evidence.flips,
        hardest=network.hardest(_HARDEST),
        depth_maps=[_depth_map(path) for path in evidence.depth_maps],
        provenance=_flattened(evidence.provenance),
        model_card=evidence.model_card,
        figures=_figures(evidence, network, baselines),
        apart=Refusals.APART,
        refused=Refusals.REFUSED,
    )  # fmt: skip


def write_report(evidence: Evidence, path: Path) -> None:
    """Writes the page whole or not at all."""
    text = render(evidence)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("training.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": _percent, "interval": _interval, "words": _words, "value": _value}
    environment.globals["confidence"] = f"{CONFIDENCE:.0%}".replace("%", " %")
    return environment


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
    return DepthMap(_words(path.stem), f"data:image/png;base64,{data}")


def _card_fields(evidence: Evidence) -> Sequence[tuple[str, Any]]:
    return _flattened(json.loads(evidence.card.to_json())) if evidence.card else ()


def _flattened(values: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """Nested tables as lines "outer: inner"."""
    lines: list[tuple[str, Any]] = []
    for name, value in values.items():
        if isinstance(value, Mapping):
            lines += _flattened(value, f"{prefix}{_words(name)}: ")
        else:
            lines.append((prefix + _words(name), value))
    return lines


def _percent(rate: Rate | float) -> str:
    if isinstance(rate, Rate) and not rate.total:
        return "–"
    return f"{100 * (rate.value if isinstance(rate, Rate) else rate):.1f} %"


def _interval(bounds: Rate | tuple[float, float]) -> str:
    if isinstance(bounds, Rate) and not bounds.total:
        return "–"
    low, high = bounds.interval if isinstance(bounds, Rate) else bounds
    return f"{100 * low:.1f} – {100 * high:.1f}"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _value(value: object) -> str:
    """One line of a card: lists as words, an open end as such."""
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return "none" if value is None else str(value)
