"""What a running service counted under load, as the series of an hour for `promtool test rules`."""

from typing import TypeAlias

from prometheus_client.parser import text_string_to_metric_families

Sample: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]
_COUNTING = ("_total", "_bucket", "_sum", "_count")


def read(exposition: str) -> dict[Sample, float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(exposition)
        for sample in family.samples
        if sample.name.startswith("liveness_")
    }


def as_minutes(before: str, after: str, *, minutes: int) -> dict[str, str]:
    """Every minute as the load between the two looks: counters go on so, everything else stays as it is."""
    first, last = read(before), read(after)
    series = {}
    for (name, labels), value in last.items():
        step = value - first.get((name, labels), 0.0) if name.endswith(_COUNTING) else 0.0
        shown = ",".join(f'{key}="{said}"' for key, said in (*labels, ("instance", "a")))
        series[f"{name}{{{shown}}}"] = f"{value}+{step}x{minutes}"
    return series
