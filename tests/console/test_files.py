"""How the console is served: types, caching, the policy that its pages live under, and the switch."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.service.serving import fresh, on_a_socket

CONSOLE = Path(__file__).parents[2] / "service" / "console"
SERVED = sorted(
    path.relative_to(CONSOLE).as_posix()
    for path in CONSOLE.rglob("*")
    if path.suffix in {".js", ".css", ".svg", ".woff2", ".html"}
)


@pytest.fixture(scope="module")
def service() -> Iterator[httpx.Client]:
    with on_a_socket(fresh()) as client:
        yield client


def policy_of(answer: httpx.Response) -> dict[str, list[str]]:
    """The directives of an answer's Content-Security-Policy."""
    directives = (each.split() for each in answer.headers["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in directives}


def test_the_console_is_at_the_root(service: httpx.Client) -> None:
    answer = service.get("/")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "console/app.js" in answer.text


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("app.js", "text/javascript; charset=utf-8"),
        ("styles/base.css", "text/css; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
        ("fonts/plex-sans-400.woff2", "font/woff2"),
    ],
)
def test_files_have_the_types_that_browsers_insist_on(service: httpx.Client, path: str, kind: str) -> None:
    answer = service.get(f"/console/{path}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/console/app.js", "/console/capture.js"])
def test_nothing_runs_loads_or_frames_the_console_but_the_service_itself(
    service: httpx.Client, path: str
) -> None:
    policy = policy_of(service.get(path))
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["connect-src"] == policy["style-src"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == ["'none'"]
    assert policy["require-trusted-types-for"] == ["'script'"]


def test_an_unchanged_file_is_not_sent_twice(service: httpx.Client) -> None:
    first = service.get("/console/app.js")
    again = service.get("/console/app.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == "no-cache"


def test_pages_of_other_hosts_may_load_the_capture_component_alone(service: httpx.Client) -> None:
    for path in ("capture.js", "capture/element.js"):
        assert service.get(f"/console/{path}").headers["Access-Control-Allow-Origin"] == "*"
    own = service.get("/console/app.js").headers
    assert "Access-Control-Allow-Origin" not in own
    assert own["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "path",
    ["nothing.js", "../settings.py", "%2e%2e/settings.py", "capture/../../settings.py", "fonts/LICENSE"],
)
def test_what_is_no_file_of_the_console_is_a_404(service: httpx.Client, path: str) -> None:
    answer = service.get(f"/console/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_console_can_be_switched_off_and_the_component_stays() -> None:
    with on_a_socket(fresh(console=False)) as client:
        assert client.get("/").status_code == 404
        assert client.get("/console/app.js").status_code == 404
        assert client.get("/console/capture.js").status_code == 200
        assert client.get("/console/capture/element.js").status_code == 200


def test_the_console_learns_what_the_service_offers() -> None:
    with on_a_socket(fresh(open_stream=False)) as client:
        told = client.get("/console/deployment.json").json()
    assert told["open_stream"] is False
    assert told["needs_key"] is False


@pytest.mark.parametrize("path", [path for path in SERVED if path.endswith(".js")])
def test_every_module_that_is_imported_is_there(path: str) -> None:
    text = (CONSOLE / path).read_text()
    imported = re.findall(r"""(?:from|import)\s*\(?["'](\.{1,2}/[^"'`$]+)["']""", text)
    assert [each for each in imported if not (CONSOLE / path).parent.joinpath(each).is_file()] == []


def test_the_component_imports_nothing_that_the_switch_takes_away() -> None:
    imported = {
        each
        for path in (CONSOLE / "capture").rglob("*.js")
        for each in re.findall(r"""from ["'](\.\./[^"']+)["']""", path.read_text())
    }
    assert imported == set()
