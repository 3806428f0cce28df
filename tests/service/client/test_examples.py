"""The examples do what they say, against a running service."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from service.client import AsyncLivenessClient, LivenessClient
from service.client.examples.relying_party import create_app
from service.keys import KeyRing, Scope
from service.stream.limits import StreamLimits
from tests.needs import missing
from tests.service import videos
from tests.service.serving import called_directly, fresh, on_a_socket
from tests.service.stream.talking import person
from tests.service.stream.test_client import filmed

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "service" / "client" / "examples"
SECONDS = 120


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "black.mp4"
    path.write_bytes(videos.black())
    return path


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    ring, text = KeyRing().with_new("shop", frozenset(Scope), expires=None)
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    ring.write(path)
    return path, text


@pytest.fixture(scope="module")
def url(key: tuple[Path, str]) -> Iterator[str]:
    """A service with keys, and patience for a busy machine."""
    limits = StreamLimits(late_seconds=60, max_lag_seconds=60, max_seconds=600, idle_seconds=60)
    with on_a_socket(fresh(streams=limits, keys_file=key[0])) as client:
        yield str(client.base_url).rstrip("/")


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        missing(f"{name} is missing")
    return found


def node(url_needs_websocket: bool = False) -> list[str]:
    path = program("node")
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    major = int(version.removeprefix("v").partition(".")[0])
    if major < 20:
        missing(f"Node {version.strip()} is too old for the examples")
    return [path, "--experimental-websocket"] if url_needs_websocket and major < 22 else [path]


def ran(command: list[str | Path], *, key: str = "") -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"LIVENESS_KEY": key, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS)


def test_curl_gets_a_verdict(url: str, clip: Path, key: tuple[Path, str]) -> None:
    program("curl")
    said = ran([program("sh"), EXAMPLES / "check.sh", clip, url], key=key[1])
    assert said.returncode == 0, said.stderr
    assert '"decision":"undecided"' in said.stdout


def test_curl_without_a_key_is_refused_with_the_reason(url: str, clip: Path) -> None:
    program("curl")
    said = ran([program("sh"), EXAMPLES / "check.sh", clip, url])
    assert said.returncode == 22
    assert '"code":"unauthorized"' in said.stdout


def test_python_gets_a_verdict_and_says_what_to_do(url: str, clip: Path, key: tuple[Path, str]) -> None:
    said = ran([sys.executable, EXAMPLES / "check.py", clip, url], key=key[1])
    assert (said.returncode, said.stdout) == (1, "undecided: no_face; offer this person another way\n")


def test_python_tells_refusals_apart(url: str, tmp_path: Path, clip: Path, key: tuple[Path, str]) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("no film")
    rejected = ran([sys.executable, EXAMPLES / "check.py", text, url], key=key[1])
    stranger = ran([sys.executable, EXAMPLES / "check.py", clip, url])
    nobody = ran([sys.executable, EXAMPLES / "check.py", clip, "http://127.0.0.1:9"])
    assert (rejected.returncode, "unsupported_media" in rejected.stdout) == (2, True)
    assert (stranger.returncode, "unauthorized" in stranger.stdout) == (2, True)
    assert (nobody.returncode, "come again" in nobody.stdout) == (3, True)


def test_javascript_gets_a_verdict(url: str, clip: Path, key: tuple[Path, str]) -> None:
    said = ran([*node(), EXAMPLES / "check.mjs", clip, url], key=key[1])
    assert (said.returncode, said.stdout) == (1, "undecided - no_face\n"), said.stderr


def test_javascript_streams_with_a_session_s_token(url: str, tmp_path: Path, key: tuple[Path, str]) -> None:
    command = node(url_needs_websocket=True)
    for i, picture in enumerate(person(8)):
        (tmp_path / f"{i:03}.jpg").write_bytes(picture)
    with LivenessClient(url, api_key=key[1]) as client:
        made = client.create_session()
        said = ran([*command, EXAMPLES / "stream.mjs", tmp_path, made.ws_url, made.client_token])
        result = client.read_session(made.session_id)
    assert (said.returncode, said.stdout) == (0, "retry\n"), said.stderr
    assert (result.status, result.outcome) == ("SUCCEEDED", "retry")


def test_the_relying_party_hands_out_a_token_and_reads_the_result_itself(
    url: str, key: tuple[Path, str]
) -> None:
    async def use() -> None:
        async with called_directly(create_app(url, key[1])) as browser:
            page = (await browser.get("/")).text
            assert f'src="{url}/console/capture.js"' in page
            assert (await browser.post("/checks/result")).status_code == 404
            begun = (await browser.post("/checks")).json()
            assert begun.keys() == {"endpoint", "token"}, "a page is told nothing else"
            early = (await browser.post("/checks/result")).json()
            assert early["allowed"] is False
            await streamed(begun["endpoint"], begun["token"])
            late = (await browser.post("/checks/result")).json()
            assert late == {"next": "try again, or come to our counter", "allowed": False}
            assert key[1] not in page + str(begun) + str(early) + str(late)

    asyncio.run(use())


async def streamed(endpoint: str, token: str) -> None:
    """What the page's element does."""
    async with AsyncLivenessClient(endpoint) as client:
        outcome = await client.stream(filmed(8), size=(320, 240), fps=25, path=endpoint, token=token)
    assert outcome.result == "retry"


def test_a_service_that_is_not_there_is_told_as_try_later() -> None:
    async def use() -> httpx.Response:
        async with called_directly(create_app("http://127.0.0.1:9")) as browser:
            return await browser.post("/checks")

    assert asyncio.run(use()).status_code == 503


def test_every_example_is_in_the_table_and_nothing_else() -> None:
    table = (EXAMPLES / "README.md").read_text()
    files = {path.name for path in EXAMPLES.iterdir() if path.is_file()} - {"README.md", "__init__.py"}
    assert {name for name in files if f"[{name}]({name})" in table} == files
