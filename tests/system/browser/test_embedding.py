"""The README's page, as printed, on another host than the service."""

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.system.browser.driver import visit
from tests.system.browser.serving import serving
from tests.system.tools.catalogue import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import BrowserType


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A page's host, and the folder of its pages. To a browser another port is another origin."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", tmp_path
        server.shutdown()
        thread.join()


def test_the_page_in_the_readme_takes_a_check_to_its_outcome(
    chromium: "BrowserType", living: Path, shop: tuple[str, Path]
) -> None:
    origin, folder = shop
    (folder / "favicon.ico").touch()
    [page] = re.findall(r"```html\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    with serving(allowed_origins=f'["{origin}"]') as served, visit(chromium, living) as visited:
        made = served.new_session()
        for printed, real in (
            ("https://liveness.example.org", served.url),
            ("WS_URL", made["ws_url"]),
            ("CLIENT_TOKEN", made["client_token"]),
        ):
            assert printed in page
            page = page.replace(printed, real)
        (folder / "index.html").write_text(page)
        visited.open(origin, "liveness-capture .panel h2")
        visited.press("Open the camera")
        result = visited.outcome()
        assert visited.page.title() == result
        assert visited.complaints == []


def test_a_page_that_the_service_does_not_know_gets_no_check(
    chromium: "BrowserType", living: Path, shop: tuple[str, Path]
) -> None:
    origin, folder = shop
    with serving() as served, visit(chromium, living) as visited:
        made = served.new_session()
        (folder / "index.html").write_text(
            f'<script type="module" src="{served.url}/console/capture.js"></script><liveness-capture '
            f'endpoint="{made["ws_url"]}" token="{made["client_token"]}"></liveness-capture>'
        )
        visited.open(origin, "liveness-capture .panel h2")
        visited.press("Open the camera")
        visited.until(lambda: visited.course("failure"))
        assert visited.course("failure")[0]["detail"]["kind"] == "unreachable"
        assert served.session(made["session_id"])["status"] == "CREATED"
