"""Time series of a simulated service for `promtool test rules`: one sample a minute."""

from typing import Final, TypeAlias

Series: TypeAlias = dict[str, str]  # a metric with its labels -> its values in promtool's notation

PODS: Final = ("a", "b")
DAY: Final = 24 * 60  # minutes
ENGINE: Final = 'engine_info{provider="cpu",device="cpu",model="compact-1",sha256="0"'
# What one pod counts in a minute of normal load: 60 clips, of which two are unusable, and the probes.
_RATES: Final = {
    'requests_total{endpoint="/v1/liveness",code="200"': 58,
    'requests_total{endpoint="/v1/liveness",code="422"': 2,
    'requests_total{endpoint="/readyz",code="200"': 12,
    'requests_total{endpoint="/livez",code="200"': 6,
    'rejected_total{reason="unreadable_clip"': 2,
    'rejected_total{reason="overloaded"': 0.2,
    'decisions_total{decision="bona_fide",channel="clip"': 48,
    'decisions_total{decision="attack",channel="clip"': 3,
    'decisions_total{decision="undecided",channel="clip"': 7,
    "score_sum{": 41,
    "score_count{": 51,
    'queue_wait_seconds_bucket{le="0.01"': 200,
    'queue_wait_seconds_bucket{le="0.1"': 245,
    'queue_wait_seconds_bucket{le="0.5"': 250,
    'queue_wait_seconds_bucket{le="1.0"': 250,
    'queue_wait_seconds_bucket{le="+Inf"': 250,
    "results_lost_total{": 0,
    "audit_lost_total{": 0,
    "sessions_replayed_total{": 0.01,  # a browser that tries an upgrade again
    'decoder_kills_total{reason="wall_clock"': 0.02,
    'ws_closes_total{code="1000"': 6,
}
_LEVELS: Final = {
    "pending_requests{": 3,
    "sessions_active{": 2,
    "draining{": 0,
    "provider_fallback_total{": 0,
    ENGINE: 1,
}


def name(metric: str, pod: str) -> str:
    """`metric` is without the prefix, and may have open labels: `score_sum{` or `score_sum{a="b"`."""
    separator = "" if metric.endswith("{") else ","
    return f'liveness_{metric}{separator}instance="{pod}",pod="liveness-{pod}"}}'


def normal(minutes: int) -> Series:
    """Both pods under normal load."""
    rates = {name(metric, pod): f"0+{rate}x{minutes}" for metric, rate in _RATES.items() for pod in PODS}
    levels = {name(metric, pod): f"{level}x{minutes}" for metric, level in _LEVELS.items() for pod in PODS}
    return rates | levels


def change(metric: str, per_minute: float, *, after: int, minutes: int) -> Series:
    """The counter in both pods, whose rate changes `after` some minutes."""
    rate = _RATES[metric]
    values = f"0+{rate}x{after} {rate * after + per_minute}+{per_minute}x{minutes - after}"
    return {name(metric, pod): values for pod in PODS}


def begin(metric: str, per_minute: float, *, after: int, minutes: int) -> Series:
    """A counter that both pods do not show before: the first event of a label."""
    values = f"_x{after} 1+{per_minute}x{minutes - after}"
    return {name(metric, pod): values for pod in PODS}


def pause(metric: str, *, at: int, lasts: int, minutes: int, then: float, after: int) -> Series:
    """The counter in both pods: it stands still for a while, and `after` some minutes its rate changes."""
    rate = _RATES[metric]
    values = (
        f"0+{rate}x{at} {rate * at}x{lasts} {rate * at}+{rate}x{after - at - lasts} "
        f"{rate * (after - lasts) + then}+{then}x{minutes - after}"
    )
    return {name(metric, pod): values for pod in PODS}


def level(metric: str, value: float, *, after: int, minutes: int, pods: tuple[str, ...] = PODS) -> Series:
    """A gauge that takes another value `after` some minutes."""
    return {name(metric, pod): f"{_LEVELS[metric]}x{after} {value}x{minutes - after}" for pod in pods}


def rollout(minutes: int, *, at: int) -> Series:
    """An update: one pod after the other drains, is away for two minutes, and counts from zero again."""
    series: Series = {}
    for pod, start in zip(PODS, (at, at + 5), strict=True):
        rest = minutes - start - 3
        series |= {name(m, pod): f"0+{rate}x{start} _x2 0+{rate}x{rest}" for m, rate in _RATES.items()}
        series |= {name(m, pod): f"{value}x{start} _x2 {value}x{rest}" for m, value in _LEVELS.items()}
        series[name("draining{", pod)] = f"0x{start - 1} 1 _x2 0x{rest}"
    return series
