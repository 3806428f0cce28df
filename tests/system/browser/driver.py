"""A real Chromium with a camera of our making, and what it did: requests, complaints, the check's course."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.needs import missing

if TYPE_CHECKING:
    from playwright.sync_api import BrowserType, Page, Request

_QUIET: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
# Runs in each page before its own scripts: what the element tells, and what the page's policy forbids.
_WATCH: Final = """
window.course = [];
window.violations = [];
for (const name of ["phase", "guidance", "progress", "trace", "outcome", "failure", "draining"]) {
  addEventListener(name, ({ detail }) => course.push({ name, detail, at: performance.now() }));
}
addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
"""


# Seconds until what has to come counts as missing. It says nothing of speed: a busy machine is slow.
PATIENCE: Final = 300.0


class Camera(StrEnum):
    WORKS = "works"
    DENIED = "denied"
    MISSING = "missing"


def chromium_program() -> str:
    """Debian's Chromium. Without it a test is skipped on a laptop and fails in CI, saying what to do."""
    program = shutil.which("chromium")
    if program is None:
        missing("chromium is missing: apt-get install chromium")
    return program


@dataclass
class Visit:
    """One page and what happened to it."""

    page: "Page"
    requests: "list[Request]" = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)  # errors and warnings of the page's console

    def open(self, url: str, waits_for: str) -> None:
        self.page.goto(url)
        self.page.wait_for_selector(waits_for)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    def course(self, name: str) -> list[dict[str, Any]]:
        """What the element told so far under this name, with milliseconds of the page's clock."""
        told: list[dict[str, Any]] = self.page.evaluate("course")
        return [each for each in told if each["name"] == name]

    def phase(self) -> str:
        told = self.course("phase")
        return str(told[-1]["detail"]["phase"]) if told else "idle"

    def until(self, holds: Callable[[], object]) -> None:
        """Raises AssertionError where it does not hold in time."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, f"not within {PATIENCE:g} s; the check is {self.phase()}"
            self.page.wait_for_timeout(100)

    def outcome(self) -> str:
        self.until(lambda: self.course("outcome") or self.course("failure"))
        assert not self.course("failure"), self.course("failure")
        return str(self.course("outcome")[0]["detail"]["result"])

    def panel(self) -> str:
        """What the person reads once the check is over."""
        return self.page.locator("liveness-capture .panel").inner_text()

    def violations(self) -> list[str]:
        found: list[str] = self.page.evaluate("violations")
        return found


@contextmanager
def visit(
    chromium: "BrowserType", film: Path | None = None, camera: Camera = Camera.WORKS, **context: Any
) -> Iterator[Visit]:
    """A browser of its own. `context` is playwright's: viewport, colour scheme, language."""
    flags = [*_QUIET, *context.pop("flags", ())]
    if camera is not Camera.MISSING:
        flags.append("--use-fake-device-for-media-stream")
    if camera is Camera.WORKS:
        flags.append("--use-fake-ui-for-media-stream")
    if film is not None:
        flags.append(f"--use-file-for-fake-video-capture={film}")
    browser = chromium.launch(executable_path=chromium_program(), args=flags)
    try:
        page = browser.new_context(**{"locale": "en-GB", **context}).new_page()
        page.set_default_timeout(1000 * PATIENCE)
        visited = Visit(page)
        page.add_init_script(_WATCH)
        page.on("request", lambda request: visited.requests.append(request))
        page.on("pageerror", lambda error: visited.complaints.append(str(error)))
        page.on(
            "console",
            lambda said: visited.complaints.append(said.text) if said.type in ("error", "warning") else None,
        )
        yield visited
    finally:
        browser.close()
