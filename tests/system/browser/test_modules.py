"""The console's modules by themselves, in the browser that runs them."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from service.stream.codec import Codec, unpack
from tests.system.browser.driver import Visit, visit
from tests.system.browser.serving import Served
from tests.system.tools.catalogue import Tool, require

if TYPE_CHECKING:
    from playwright.sync_api import BrowserType

METRICS = """# HELP liveness_lag_seconds From a frame to its score
liveness_lag_seconds_bucket{le="0.1"} 3.0
liveness_lag_seconds_bucket{le="+Inf"} 4.0
liveness_lag_seconds_count 4.0
liveness_lag_seconds_sum 0.5
liveness_frames_total{result="received"} 90.0
liveness_frames_total{result="late"} 2.0
"""


@pytest.fixture(scope="module")
def page(chromium: "BrowserType", service: Served) -> Iterator[Visit]:
    with visit(chromium, bypass_csp=True) as visited:
        visited.open(service.url, "liveness-capture")
        yield visited


def run(visited: Visit, module: str, expression: str) -> Any:
    """The value of an expression over what the module exports, here called `m`."""
    return visited.page.evaluate(f"import('/console/{module}').then((m) => ({expression}))")


def test_the_modules_are_typed_as_they_say() -> None:
    config = Path(__file__).parent / "tsconfig.json"
    done = subprocess.run([require(Tool.TSC), "-p", config], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_a_frame_is_packed_as_the_service_unpacks_it(page: Visit) -> None:
    packed = run(
        page,
        "capture/header.js",
        "[...new Uint8Array(m.packFrame(new Uint8Array([7, 8, 9]).buffer, 70000, 2 ** 33 + 1))]",
    )
    frame = unpack(bytes(packed))
    assert (frame.codec, frame.sequence, frame.captured) == (Codec.JPEG, 70000, 2**33 + 1)
    assert bytes(frame.picture) == bytes([7, 8, 9])


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("m.total(m.parseMetrics(text), 'liveness_frames_total')", 92),
        ("m.total(m.parseMetrics(text), 'liveness_frames_total', {result: 'late'})", 2),
        ("m.total(m.parseMetrics(text), 'nothing')", 0),
        (
            "m.totalsBy(m.parseMetrics(text), 'liveness_frames_total', 'result')",
            [["received", 90], ["late", 2]],
        ),
        ("m.meanBetween(new Map(), m.parseMetrics(text), 'liveness_lag_seconds')", 0.125),
        ("m.buckets(m.parseMetrics(text), 'liveness_lag_seconds').map(({count}) => count)", [3, 1]),
    ],
)
def test_metrics_are_read_as_prometheus_writes_them(page: Visit, expression: str, value: object) -> None:
    found = page.page.evaluate(
        f"(text) => import('/console/metrics.js').then((m) => ({expression}))", METRICS
    )
    assert found == value


def test_a_fast_camera_is_kept_below_the_rate_of_the_service(page: Visit) -> None:
    sent = run(
        page,
        "capture/rate.js",
        "((rate) => Array.from({length: 600}, (_, i) => rate.take(i * 1000 / 60)).filter(Boolean).length)"
        "(new m.FrameRate(30))",
    )
    assert sent <= 10 * 30 + 3


def test_a_camera_within_the_rate_loses_nothing_to_its_jitter(page: Visit) -> None:
    sent = run(
        page,
        "capture/rate.js",
        "((rate) => Array.from({length: 300}, (_, i) => rate.take(i * 1000 / 30 + (i % 2 ? 12 : 0)))"
        ".filter(Boolean).length)(new m.FrameRate(33))",
    )
    assert sent == 300


@pytest.mark.parametrize(
    ("messages", "enough"),
    [
        ([(0, "progress", 1), (2300, "progress", 9)], False),  # windows enough, time not
        ([(0, "progress", 1), (2500, "progress", 7)], False),
        ([(0, "progress", 1), (2500, "progress", 8)], True),
        ([(0, "progress", 1), (100, "guidance", "move_a_little"), (2500, "progress", 8)], False),
        ([(0, "progress", 1), (100, "guidance", "move_a_little"), (10100, "progress", 8)], True),
        ([(0, "progress", 1), (100, "guidance", "too_dark"), (2500, "guidance", None)], False),
    ],
)
def test_a_check_on_the_open_stream_ends_once_a_verdict_is_likely(
    page: Visit, messages: list[tuple[int, str, Any]], enough: bool
) -> None:
    heard = [
        (
            1 + at,
            {"type": kind, "windows": value, "needed": 8}
            if kind == "progress"
            else {"type": kind, "code": value},
        )
        for at, kind, value in messages
    ]
    said = run(
        page,
        "capture/until.js",
        f"((until) => {json.dumps(heard)}.map(([at, message]) => until.enough(at, message)).at(-1))"
        "(new m.UntilDecided())",
    )
    assert said is enough


@pytest.mark.parametrize(
    ("wanted", "language"),
    [(["de-AT"], "de"), (["nl", "fr-CA"], "fr"), (["nl"], "en"), ([None, "es"], "es")],
)
def test_the_first_language_that_there_are_words_for_is_spoken(
    page: Visit, wanted: list[str | None], language: str
) -> None:
    assert run(page, "capture/words.js", f"m.pickLanguage(...{json.dumps(wanted)})") == language


@pytest.mark.parametrize(("value", "top"), [(0, 1), (0.03, 0.05), (1, 1), (7, 10), (438, 500)])
def test_a_plot_s_scale_ends_at_a_round_number(page: Visit, value: float, top: float) -> None:
    assert run(page, "parts/plot.js", f"m.niceTop({value})") == pytest.approx(top)
