"""A check from the camera to its outcome, in a real browser against the service as it ships."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.system.browser.driver import Visit, visit
from tests.system.browser.serving import Served

if TYPE_CHECKING:
    from playwright.sync_api import BrowserType

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
}
START = "Open the camera"


def seconds_to_the_outcome(visited: Visit) -> float:
    """From the first frame that could be sent; the film shows a face in the oval from its first picture."""
    streaming = next(each for each in visited.course("phase") if each["detail"]["phase"] == "streaming")
    return float(visited.course("outcome")[0]["at"] - streaming["at"]) / 1000


def print_time(capsys: pytest.CaptureFixture[str], of: str, seconds: float) -> None:
    """A figure, no claim: what the machine does beside it decides, too."""
    with capsys.disabled():
        sys.stdout.write(f"\nface in the oval to verdict, {of}: {seconds:.1f} s (wanted: at most 5 s)\n")


def test_a_person_passes_on_a_phone_and_the_backend_reads_the_verdict(
    chromium: "BrowserType", service: Served, living: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = service.new_session()
    with visit(chromium, living, **PHONE) as visited:
        visited.open(service.link(made), "liveness-capture")
        visited.press(START)
        assert visited.outcome() == "passed"
        assert "Passed" in visited.panel()
        assert visited.violations() == []
        seconds = seconds_to_the_outcome(visited)
    read = service.session(made["session_id"])
    assert (read["status"], read["verdict"]["decision"]) == ("SUCCEEDED", "bona_fide")
    print_time(capsys, "a session", seconds)


def test_a_wobbled_still_does_not_pass(chromium: "BrowserType", service: Served, wobbled: Path) -> None:
    with visit(chromium, wobbled) as visited:
        visited.open(service.link(service.new_session()), "liveness-capture")
        visited.press(START)
        assert visited.outcome() in ("failed", "retry")


def test_a_link_opens_one_check_only(chromium: "BrowserType", service: Served, living: Path) -> None:
    link = service.link(service.new_session())
    with visit(chromium, living) as visited:
        visited.open(link, "liveness-capture")
        visited.press(START)
        visited.outcome()
        visited.page.reload()
        visited.press(START)
        visited.until(lambda: visited.course("failure"))
        assert visited.course("failure")[0]["detail"]["kind"] == "used"
        assert "This link was used before" in visited.panel()
        assert visited.page.locator("liveness-capture .panel button").count() == 0


def test_the_open_stream_shows_what_the_network_sees_and_its_verdict(
    chromium: "BrowserType", service: Served, living: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with visit(chromium, living) as visited:
        visited.open(service.url, "liveness-capture")
        visited.press(START)
        visited.outcome()
        page = visited.page
        page.wait_for_selector(".verdict")
        drawn = page.evaluate(
            "[...document.querySelectorAll('.depth canvas')]"
            ".map((map) => new Set(map.getContext('2d').getImageData(0, 0, 128, 32).data).size)"
        )
        assert len(drawn) == 3
        assert min(drawn) > 16  # levels: pictures, not one colour
        assert page.locator(".plot .dots:not(.faint)").first.get_attribute("d")
        assert page.locator(".crop img").get_attribute("src")
        assert page.get_by_text("Find the face").is_visible()
        seconds = seconds_to_the_outcome(visited)
    print_time(capsys, "the open stream", seconds)


def test_a_connection_that_breaks_is_taken_up_again(
    chromium: "BrowserType", service: Served, living: Path
) -> None:
    made = service.new_session()
    with visit(chromium, living) as visited:
        visited.page.add_init_script("""
            const Real = WebSocket;
            window.sockets = [];
            window.WebSocket = class extends Real {
              constructor(...given) { super(...given); sockets.push(this); }
            };
        """)
        visited.open(service.link(made), "liveness-capture")
        visited.press(START)
        visited.until(lambda: visited.course("progress"))
        visited.page.evaluate("sockets[0].close(3001)")
        visited.until(lambda: "resuming" in [each["detail"]["phase"] for each in visited.course("phase")])
        visited.outcome()
    assert service.session(made["session_id"])["attempts"] == 2


def test_a_check_is_begun_from_the_keyboard(chromium: "BrowserType", service: Served, living: Path) -> None:
    with visit(chromium, living) as visited:
        visited.open(service.link(service.new_session()), "liveness-capture")
        page = visited.page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        visited.until(lambda: visited.phase() not in ("idle", "camera"))
