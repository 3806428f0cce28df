"""One fault per alert, put into normal load, and what the person who is woken reads."""

from dataclasses import dataclass
from typing import Final

from tests.system.prometheus.load import ENGINE, PODS, Series, begin, change, level, name, pause

START: Final = 60  # minutes of normal load before the fault
END: Final = 150


@dataclass(frozen=True, kw_only=True)
class Case:
    alert: str
    fault: Series
    waits: int  # minutes of the fault in which nobody is woken yet
    fires: int  # minutes of the fault after which someone is
    severity: str
    summaries: dict[str, str]  # by the labels that the alert adds, as promtool spells them
    start: int = START
    end: int = END


def _pod(letter: str) -> str:
    return f'instance="{letter}",pod="liveness-{letter}"'


def _quiet_then(metric: str, then: float) -> Series:
    """Nobody comes for forty minutes, fifteen hours before the rate is `then`."""
    return pause(metric, at=11 * 60, lasts=40, minutes=28 * 60, then=then, after=26 * 60)


CASES: Final = (
    Case(
        alert="LivenessNoReadyPods",
        fault=level("draining{", 1, after=START, minutes=END),
        waits=2, fires=4, severity="critical",
        summaries={"": "No pod of the liveness service takes requests"},
    ),
    Case(
        alert="LivenessNoReadyPods",
        fault={name(ENGINE, pod): f"1x{START}" for pod in PODS},
        waits=2, fires=9, severity="critical",  # Prometheus looks back five minutes for a sample
        summaries={"": "No pod of the liveness service takes requests"},
    ),
    Case(
        alert="LivenessQueueWaitHigh",
        fault=change('queue_wait_seconds_bucket{le="0.5"', 120, after=START, minutes=END)
        | change('queue_wait_seconds_bucket{le="0.1"', 50, after=START, minutes=END)
        | change('queue_wait_seconds_bucket{le="0.01"', 10, after=START, minutes=END),
        waits=5, fires=12, severity="warning",
        summaries={"": "Work waits 951.9ms (95th percentile) for the network"},
    ),
    Case(
        alert="LivenessRejectRatioHigh",
        fault=change('rejected_total{reason="overloaded"', 6, after=START, minutes=END),
        waits=5, fires=12, severity="critical",
        summaries={"": "9.091% of what is asked is turned away for lack of capacity"},
    ),
    Case(
        alert="LivenessStoreUnavailable",
        fault=begin('rejected_total{reason="store_unavailable"', 30, after=START, minutes=END),
        waits=2, fires=8, severity="critical",
        summaries={"": "45.45% of what is asked fails as Redis cannot be reached"},
    ),
    Case(
        alert="LivenessUnusableRequestsHigh",
        fault=change('rejected_total{reason="unreadable_clip"', 30, after=START, minutes=END),
        waits=15, fires=35, severity="warning",
        summaries={"": "45.45% of what is asked is not usable"},
    ),
    Case(
        alert="LivenessServerErrors",
        fault=begin('requests_total{endpoint="/v1/liveness",code="500"', 2, after=START, minutes=END),
        waits=5, fires=12, severity="critical",
        summaries={"": "2.941% of requests and streams fail inside the service"},
    ),
    Case(
        alert="LivenessServerErrors",
        fault=begin('ws_closes_total{code="1011"', 1, after=START, minutes=END),
        waits=5, fires=12, severity="critical",
        summaries={"": "1.493% of requests and streams fail inside the service"},
    ),
    Case(
        alert="LivenessGpuFallback",
        fault=level("provider_fallback_total{", 1, after=0, minutes=END, pods=("a",)),
        waits=0, fires=2, severity="warning", start=0,
        summaries={_pod("a"): "liveness-a runs on another provider than asked for"},
    ),
    Case(
        alert="LivenessScoreDrift",
        fault=change("score_sum{", 25, after=26 * 60, minutes=30 * 60),
        waits=30, fires=110, severity="warning", start=26 * 60, end=30 * 60,
        summaries={"": "The mean living score moved by 0.31 against the day before"},
    ),
    Case(
        alert="LivenessAttackSpike",
        fault=change('decisions_total{decision="attack",channel="clip"', 20, after=26 * 60, minutes=28 * 60),
        waits=5, fires=20, severity="warning", start=26 * 60, end=28 * 60,
        summaries={"": "26.67% of the verdicts are attacks, over three times the usual share"},
    ),
    Case(  # after forty minutes of the day in which nobody came
        alert="LivenessAttackSpike",
        fault=_quiet_then('decisions_total{decision="attack",channel="clip"', 20)
        | _quiet_then('decisions_total{decision="bona_fide",channel="clip"', 48)
        | _quiet_then('decisions_total{decision="undecided",channel="clip"', 7),
        waits=5, fires=20, severity="warning", start=26 * 60, end=28 * 60,
        summaries={"": "26.67% of the verdicts are attacks, over three times the usual share"},
    ),
    Case(
        alert="LivenessReplayedTokens",
        fault=change("sessions_replayed_total{", 1, after=START, minutes=END),
        waits=2, fires=5, severity="critical",
        summaries={"": "About 10 session tokens were used a second time in ten minutes"},
    ),
    Case(
        alert="LivenessResultsLost",
        fault=change("results_lost_total{", 1, after=START, minutes=END),
        waits=0, fires=3, severity="critical",
        summaries={"": "About 6 results of sessions were lost in 15 minutes"},
    ),
    Case(
        alert="LivenessAuditLost",
        fault=change("audit_lost_total{", 1, after=START, minutes=END),
        waits=0, fires=3, severity="critical",
        summaries={"": "About 6 audit lines could not be written in 15 minutes"},
    ),
    Case(
        alert="LivenessDecoderKills",
        fault=begin('decoder_kills_total{reason="crashed"', 1, after=START, minutes=END),
        waits=1, fires=8, severity="warning",
        summaries={'reason="crashed"': "About 18 decoding processes ended (crashed) in 15 minutes"},
    ),
    Case(
        alert="LivenessSaturated",
        fault=level("pending_requests{", 15, after=START, minutes=END, pods=("b",)),
        waits=10, fires=16, severity="warning",
        summaries={_pod("b"): "liveness-b is nearly full: 15 clips or streams at once"},
    ),
    Case(
        alert="LivenessSaturated",
        fault=level("sessions_active{", 5, after=START, minutes=END, pods=("a",)),
        waits=10, fires=16, severity="warning",
        summaries={_pod("a"): "liveness-a is nearly full: 5 clips or streams at once"},
    ),
)  # fmt: skip
