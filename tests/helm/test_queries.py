"""Alerts, panels and scalers ask for series that exist."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.helm.exported import COUNTERS, GAUGES, HISTOGRAMS, SERIES
from tests.helm.labels import LABELS

CHART = Path(__file__).parents[2] / "helm" / "liveness"
DASHBOARD = json.loads((CHART / "files" / "dashboard.json").read_text())
RULES = [
    rule
    for group in yaml.safe_load((CHART / "files" / "rules.yaml").read_text())["groups"]
    for rule in group["rules"]
]
RECORDED = {rule["record"] for rule in RULES if "record" in rule}
# A metric and what is asked of its labels, as in `name{label=~"a|b"}`.
ASKED = re.compile(r"(liveness_\w+)\{([^}]*)\}")
CONDITION = re.compile(r'(\w+)\s*(!?[=~]+)\s*"([^"]*)"')
OF_THE_SCRAPE = {"job", "instance", "namespace", "pod"}
# Not a part of a longer name, of a label's value, or of a template's.
NAME = re.compile(r"(?<![\w:])liveness[_:][\w:]+")


def panels() -> Iterator[dict[str, Any]]:
    return (panel for panel in DASHBOARD["panels"] if panel["type"] != "row")


def queries() -> dict[str, list[str]]:
    return {panel["title"]: [target["expr"] for target in panel["targets"]] for panel in panels()}


def test_every_query_of_every_panel_names_exported_series_only() -> None:
    for title, asked in queries().items():
        assert asked, title
        for query in asked:
            names = set(NAME.findall(query))
            assert names, f"{title}: {query}"
            assert names <= SERIES, title


def test_every_metric_is_shown_somewhere() -> None:
    shown = {name for asked in queries().values() for query in asked for name in NAME.findall(query)}
    families = {re.sub(r"_(bucket|sum|count)$", "", name) if name not in COUNTERS else name for name in shown}
    assert (COUNTERS | GAUGES | HISTOGRAMS) - families == set()


def test_every_rule_and_panel_asks_for_labels_and_values_that_there_are() -> None:
    conditions = 0
    for query in [rule["expr"] for rule in RULES] + [each for asked in queries().values() for each in asked]:
        for name, braces in ASKED.findall(query):
            labels = LABELS.get(re.sub(r"_(bucket|sum|count)$", "", name), {})
            for label, operator, wanted in CONDITION.findall(braces):
                assert label in labels.keys() | OF_THE_SCRAPE, query
                if known := labels.get(label):
                    conditions += 1
                    choices = wanted.split("|") if "~" in operator else [re.escape(wanted)]
                    assert all(any(re.fullmatch(each, value) for value in known) for each in choices), query
    assert conditions >= 9


def test_every_rule_names_exported_or_recorded_series_only() -> None:
    for rule in RULES:
        names = set(NAME.findall(rule["expr"]))
        assert names, rule
        assert names <= SERIES | RECORDED, rule


def test_the_hpa_s_metrics_come_out_of_the_adapter_s_rules() -> None:
    rules = yaml.safe_load((CHART / "files" / "prometheus-adapter.yaml").read_text())["rules"]["custom"]
    for rule in rules:
        assert set(NAME.findall(rule["seriesQuery"])) <= SERIES
    wanted = re.findall(r"metric: \{name: (\w+)\}", (CHART / "templates" / "hpa.yaml").read_text())
    assert len(wanted) == 2
    assert wanted == [rule["name"]["as"] for rule in rules]


def test_every_alert_says_how_bad_it_is_what_it_is_and_what_to_do() -> None:
    alerts = [rule for rule in RULES if "alert" in rule]
    assert len(alerts) >= 10
    for rule in alerts:
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"].keys() == {"summary", "description"}
        assert len(rule["annotations"]["description"]) > 80, rule["alert"]


def test_panels_have_a_place_of_their_own_and_every_query_follows_the_data_source() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
    for panel in panels():
        assert {target["datasource"]["uid"] for target in panel["targets"]} == {"${datasource}"}
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
