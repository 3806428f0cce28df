"""Each failure has its own words and a next step."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.service.sessions.clients import greeted, upgraded
from tests.system.browser.driver import Camera, Visit, visit
from tests.system.browser.serving import Served, serving

if TYPE_CHECKING:
    from playwright.sync_api import BrowserType

START, AGAIN = "Open the camera", "Try again"


def failure_of(visited: Visit) -> dict[str, Any]:
    visited.until(lambda: visited.course("failure"))
    told: dict[str, Any] = visited.course("failure")[0]["detail"]
    return told


def has_button(visited: Visit, name: str) -> bool:
    return visited.page.get_by_role("button", name=name).is_visible()


@pytest.mark.parametrize(
    ("camera", "kind", "words"),
    [
        (Camera.DENIED, "denied", "use the symbol beside the address"),
        (Camera.MISSING, "no_camera", "Connect a camera"),
    ],
)
def test_without_a_camera_the_person_reads_what_to_do_and_may_try_again(
    chromium: "BrowserType", service: Served, camera: Camera, kind: str, words: str
) -> None:
    with visit(chromium, camera=camera) as visited:
        visited.open(service.url, "liveness-capture")
        visited.press(START)
        assert failure_of(visited) == {"kind": kind, "retryable": True, "message": failure_message(visited)}
        assert words in visited.panel()
        assert has_button(visited, AGAIN)


def failure_message(visited: Visit) -> str:
    """For whoever wrote the page; the browser's own words."""
    return str(visited.course("failure")[0]["detail"]["message"])


def test_an_address_without_https_says_that_it_needs_it(chromium: "BrowserType", service: Served) -> None:
    flags = ["--host-resolver-rules=MAP liveness.test 127.0.0.1"]
    with visit(chromium, flags=flags) as visited:
        visited.open(service.url.replace("127.0.0.1", "liveness.test"), "liveness-capture")
        visited.press(START)
        assert failure_of(visited)["kind"] == "insecure"
        assert "https" in visited.panel()


def test_a_token_that_is_not_the_service_s_is_called_invalid(
    chromium: "BrowserType", service: Served, living: Path
) -> None:
    made = service.new_session() | {"client_token": "e30.e30.e30"}
    with visit(chromium, living) as visited:
        visited.open(service.link(made), "liveness-capture")
        visited.press(START)
        assert failure_of(visited)["kind"] == "invalid"
        assert "Open it exactly as you were given it" in visited.panel()


@pytest.fixture
def short_lived() -> Iterator[Served]:
    """It gives running streams a second and a half when it is told to stop."""
    with serving(streams__drain_seconds="1.5", streams__resume_seconds="2") as served:
        yield served


def test_a_service_that_drains_says_so_and_offers_to_begin_anew(
    chromium: "BrowserType", short_lived: Served, living: Path
) -> None:
    with visit(chromium, living) as visited:
        visited.open(short_lived.url, "liveness-capture")
        visited.page.get_by_label("Keep watching").check()
        visited.press(START)
        visited.until(lambda: visited.course("progress"))
        short_lived.drain()
        visited.until(lambda: visited.course("draining"))
        assert failure_of(visited)["kind"] == "drained"
        assert "The service is restarting" in visited.panel()
        assert has_button(visited, AGAIN)


def test_a_session_that_is_cut_off_sends_the_person_back_for_a_new_one(
    chromium: "BrowserType", short_lived: Served, living: Path
) -> None:
    with visit(chromium, living) as visited:
        visited.open(short_lived.link(short_lived.new_session()), "liveness-capture")
        visited.press(START)
        visited.until(lambda: visited.phase() == "streaming")
        short_lived.die()
        assert failure_of(visited) | {"message": ""} == {"kind": "lost", "retryable": False, "message": ""}
        assert "The connection was lost" in visited.panel()
        assert "for a new check" in visited.panel()
        assert not has_button(visited, AGAIN)


def test_a_service_that_is_full_says_when_to_come_back(chromium: "BrowserType", living: Path) -> None:
    one = {"streams__max_streams": "1", "streams__idle_seconds": "60"}
    with serving(**one) as full, visit(chromium, living) as visited:
        other = full.new_session()
        with upgraded(other["ws_url"], other["client_token"]) as streaming:
            greeted(streaming)
            visited.open(full.link(full.new_session()), "liveness-capture")
            visited.press(START)
            assert failure_of(visited)["kind"] == "overloaded"
            assert "The service is busy" in visited.panel()
            visited.until(lambda: has_button(visited, AGAIN))


def test_a_service_that_is_gone_is_called_out_of_reach(chromium: "BrowserType", living: Path) -> None:
    with serving() as gone, visit(chromium, living) as visited:
        visited.open(gone.url, "liveness-capture")
        visited.page.get_by_role("button", name=START).wait_for()  # all that the page needs is there
        gone.die()
        visited.press(START)
        assert failure_of(visited)["kind"] == "unreachable"
        assert has_button(visited, AGAIN)
