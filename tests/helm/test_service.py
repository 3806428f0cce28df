"""What the chart says to the service, and asks of it, is what the service knows."""

import json
import re
from pathlib import Path

from service.observe import Metrics
from service.settings import Settings
from tests.helm.exported import COUNTERS, GAUGES, HISTOGRAMS

CHART = Path(__file__).parents[2] / "helm" / "liveness"
FIELDS = Settings.model_fields.keys()
# Decided by the chart's own values or by the image, and so no one's to set under `settings`.
DECIDED = {"host", "port", "metrics_port", "allow_open", "providers", "require_gpu", "face_bundle"}
# The names under which sessions, streams, Triton and traces will be configured. A name leaves this list
# when the service learns it.
COMING = {
    "drain_seconds",
    "engine",
    "otlp_endpoint",
    "secrets_dir",
    "session_result_seconds",
    "session_start_seconds",
    "session_stream_seconds",
    "store",
    "triton_url",
}
COMING_METRICS = {
    "liveness_sessions_created_total",
    "liveness_sessions_expired_total",
    "liveness_sessions_replayed_total",
}


def told() -> set[str]:
    """The settings that the chart passes by itself, in the service's spelling."""
    template = (CHART / "templates" / "_environment.tpl").read_text()
    return {name.lower() for name in re.findall(r"LIVENESS_([A-Z_]+)\b", template)}


def test_the_chart_passes_settings_that_the_service_knows_or_will_know() -> None:
    assert told() - FIELDS == COMING


def test_every_other_setting_of_the_service_can_be_set_in_values() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    assert schema["properties"]["settings"]["properties"].keys() == FIELDS - DECIDED - told()


def test_alerts_and_panels_know_the_metrics_that_the_service_exports() -> None:
    families = Metrics().registry.collect()
    exported = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in families
        if family.name.startswith("liveness_")
    }
    assert (COUNTERS | GAUGES | HISTOGRAMS) - exported == COMING_METRICS
    assert exported <= COUNTERS | GAUGES | HISTOGRAMS
