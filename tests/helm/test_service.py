"""What the chart says to the service, and asks of it, is what the service knows."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from service.observe import Metrics
from service.sessions.rules import SessionRules
from service.settings import Settings
from service.stream.limits import StreamLimits
from tests.helm.exported import COUNTERS, GAUGES, HISTOGRAMS

CHART = Path(__file__).parents[2] / "helm" / "liveness"
FIELDS = Settings.model_fields.keys()
# Decided by the chart's own values or by the image, and so no one's to set under `settings`.
DECIDED = {
    "host", "port", "metrics_port", "allow_open", "providers", "require_gpu", "face_bundle", "redis_url",
}  # fmt: skip
# Given by the chart only where nobody sets them.
DEFAULTED = {"public_url"}
# Settings that are objects, of which the chart decides a part.
NESTED = {"sessions": SessionRules, "streams": StreamLimits}
TOLD = {
    name.lower()
    for name in re.findall(r"LIVENESS_([A-Z_]+)\b", (CHART / "templates" / "_environment.tpl").read_text())
}
SETTABLE: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text())["properties"]["settings"]


def inner(name: str) -> set[str]:
    return {f"{name}__{field}" for field in TypeAdapter(NESTED[name]).json_schema()["properties"]}


def test_the_chart_passes_settings_that_the_service_knows() -> None:
    assert TOLD - FIELDS - inner("sessions") - inner("streams") == set()


def test_every_other_setting_of_the_service_can_be_set_in_values() -> None:
    assert SETTABLE["properties"].keys() == FIELDS - DECIDED - (TOLD - DEFAULTED)


@pytest.mark.parametrize("name", NESTED)
def test_what_the_chart_decides_within_a_setting_cannot_be_set_a_second_time(name: str) -> None:
    settable = {f"{name}__{field}" for field in SETTABLE["properties"][name]["properties"]}
    assert TOLD & inner(name)
    assert settable == inner(name) - TOLD


def test_the_chart_s_seconds_are_those_of_the_service_where_nobody_sets_them() -> None:
    seconds = yaml.safe_load((CHART / "values.yaml").read_text())["sessions"]
    rules, limits = SessionRules(), StreamLimits()
    assert seconds == {
        "startSeconds": rules.start_seconds,
        "streamSeconds": limits.max_seconds,
        "resumeSeconds": limits.resume_seconds,
        "resultSeconds": rules.result_seconds,
    }


def test_the_chart_knows_at_how_many_clips_and_streams_a_pod_turns_others_away() -> None:
    pending, streams = Settings.model_fields["max_pending"].default, StreamLimits().max_streams
    (rule,) = re.findall(r"expr: (.+liveness_sessions_active.+)", (CHART / "files/rules.yaml").read_text())
    assert [float(each) for each in re.findall(r"> ([\d.]+)", rule)] == pytest.approx(
        [0.8 * pending, 0.8 * streams]
    )
    assert f'dig "streams" "max_streams" {streams} ' in (CHART / "templates/_validate.tpl").read_text()


def test_alerts_and_panels_know_the_metrics_that_the_service_exports() -> None:
    families = Metrics().registry.collect()
    exported = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in families
        if family.name.startswith("liveness_")
    }
    assert exported == COUNTERS | GAUGES | HISTOGRAMS
