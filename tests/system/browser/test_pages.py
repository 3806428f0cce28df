"""The four pages: what they ask of the network, whom they shut out, and that they do what they show."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import cv2
import httpx
import numpy as np
import pytest

from service.keys import KeyRing, Scope
from tests.system.browser.driver import visit
from tests.system.browser.serving import Served, serving
from tests.system.cut_clip import cut
from tests.system.tools.catalogue import Tool, require

if TYPE_CHECKING:
    from playwright.sync_api import BrowserType

PAGES = {"live": "liveness-capture", "clip": ".drop", "sessions": ".make", "status": ".model .card"}
MAX_BYTES = 200_000
NARROW = 320  # px: what WCAG 1.4.10 asks for


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of the person, as the README's `make clips` cuts them."""
    target = tmp_path_factory.mktemp("clips") / "person.mp4"
    cut(require(Tool.PERSON), target, 3)
    return target


def test_the_console_loads_in_less_than_200_kb_and_asks_no_other_host(
    chromium: "BrowserType", service: Served, living: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with visit(chromium, living) as visited:
        visited.open(service.url, "liveness-capture")
        visited.press("Open the camera")
        visited.until(lambda: visited.course("trace"))
        for name, waits_for in PAGES.items():
            visited.open(f"{service.url}/#{name}", waits_for)
        static = [each for each in visited.requests if urlsplit(each.url).path.startswith("/console/")]
        sizes = {each.url: each.sizes()["responseBodySize"] for each in static}
        hosts = {urlsplit(each.url).netloc for each in visited.requests}
        assert hosts - {"", urlsplit(service.url).netloc} == set()  # none: data and blob URLs
        assert visited.violations() == []
        assert visited.complaints == []
    total = len(httpx.get(service.url).content) + sum(sizes.values())
    with capsys.disabled():
        sys.stdout.write(f"\nthe console, all four pages, uncompressed: {total / 1000:.0f} kB\n")
    assert total < MAX_BYTES


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_serious_fault(
    chromium: "BrowserType", service: Served, name: str, scheme: str, clip: Path
) -> None:
    with visit(chromium, color_scheme=scheme, bypass_csp=True) as visited:
        visited.open(f"{service.url}/#{name}", PAGES[name])
        if name == "clip":
            visited.page.set_input_files("#file", clip)
            visited.page.wait_for_selector(".report")
        if name == "sessions":
            visited.press("Make a session")
            visited.page.wait_for_selector(".session")
        visited.page.evaluate(require(Tool.AXE).read_text())
        found = visited.page.evaluate("axe.run()")
    serious = [
        (fault["id"], [node["html"] for node in fault["nodes"]])
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
    assert serious == []


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_every_page_fits_a_narrow_phone_in_every_language(
    chromium: "BrowserType", service: Served, language: str
) -> None:
    with visit(chromium, viewport={"width": NARROW, "height": 640}, locale=language) as visited:
        for name, waits_for in PAGES.items():
            visited.open(f"{service.url}/#{name}", waits_for)
            assert visited.page.evaluate("document.documentElement.lang") == language
            assert visited.page.evaluate("document.documentElement.scrollWidth") <= NARROW, name


def test_a_chosen_language_and_theme_stay(chromium: "BrowserType", service: Served) -> None:
    with visit(chromium) as visited:
        visited.open(service.url, "liveness-capture")
        visited.page.get_by_label("Theme").select_option("dark")
        visited.page.get_by_label("Language").select_option("de")
        visited.page.wait_for_selector("text=Sitzungen")
        visited.page.reload()
        visited.page.wait_for_selector("text=Sitzungen")
        visited.page.get_by_role("button", name="Kamera öffnen").wait_for()
        assert visited.page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_a_clip_is_judged_and_its_windows_can_be_looked_at_from_the_keyboard(
    chromium: "BrowserType", service: Served, clip: Path
) -> None:
    with visit(chromium) as visited:
        visited.open(f"{service.url}/#clip", ".drop")
        page = visited.page
        page.set_input_files("#file", clip)
        page.wait_for_selector(".report")
        before = page.locator(".chosen").inner_text()
        page.get_by_role("slider").press("ArrowRight")
        assert page.locator(".chosen").inner_text() != before
        faint = page.locator(".timeline .faint").get_attribute("d") or ""
        with page.expect_download() as download:
            page.get_by_text("Download the verdict").click()
        verdict = json.loads(download.value.path().read_text())
    assert verdict["frames"]["received"] == 75
    assert len(verdict["depth_maps"]) == len(verdict["windows"])
    assert faint.count("M") == sum(not window["counts"] for window in verdict["windows"]) > 0


def test_a_file_that_is_no_video_is_refused_in_words(
    chromium: "BrowserType", service: Served, tmp_path: Path
) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("not a film")
    with visit(chromium) as visited:
        visited.open(f"{service.url}/#clip", ".drop")
        visited.page.set_input_files("#file", text)
        notice = visited.page.get_by_role("alert")
        notice.wait_for()
        assert "not a video that the service reads" in notice.inner_text()


def test_a_session_s_qr_code_reads_as_its_link_and_its_state_is_watched(
    chromium: "BrowserType", service: Served
) -> None:
    with visit(chromium, device_scale_factor=2) as visited:
        visited.open(f"{service.url}/#sessions", ".make")
        visited.press("Make a session")
        page = visited.page
        page.wait_for_selector(".qr")
        link = page.locator("input.link").input_value()
        picture = cv2.imdecode(np.frombuffer(page.locator(".qr").screenshot(), np.uint8), cv2.IMREAD_COLOR)
        read, *_ = cv2.QRCodeDetector().detectAndDecode(picture)
        assert read == link
        assert page.locator(".session .state").inner_text() == "Waiting for the person"
        visited.press("Erase")
        page.locator(".session").wait_for(state="detached")


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[tuple[Served, str]]:
    """A service with one API key, and that key."""
    ring, key = KeyRing().with_new("shop", frozenset(Scope))
    ring.write(tmp_path / "keys.json")
    with serving(keys_file=str(tmp_path / "keys.json")) as served:
        yield served, key


def test_where_keys_are_needed_the_console_asks_for_one_and_shows_no_open_stream(
    chromium: "BrowserType", locked: tuple[Served, str]
) -> None:
    served, key = locked
    with visit(chromium) as visited:
        page = visited.page
        visited.open(f"{served.url}/#live", "text=This service checks sessions only")
        visited.open(f"{served.url}/#sessions", ".make")
        visited.press("Make a session")
        page.get_by_role("alert").wait_for()
        assert "An API key is needed" in page.get_by_role("alert").inner_text()
        page.get_by_label("API key").fill(key)
        visited.press("Use key")
        visited.press("Make a session")
        page.wait_for_selector(".qr")
        assert page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])") == "[{},{}]"


def test_the_status_page_shows_what_runs(chromium: "BrowserType", service: Served) -> None:
    with visit(chromium) as visited:
        visited.open(f"{service.url}/#status", ".model .card")
        visited.page.wait_for_selector('.readiness[data-ready="true"]')
        assert "compact" in visited.page.locator(".model").inner_text()
        memory = visited.page.locator(".plot", has_text="Memory").locator("output")
        visited.until(lambda: memory.inner_text().endswith("MB"))
