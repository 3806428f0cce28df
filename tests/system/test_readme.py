"""A newcomer follows the README from top to bottom in a fresh clone: each block that is run, as printed."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.architecture.readme import README, Block, blocks
from tests.needs import missing
from tests.system.readme.own_clips import make_calibration_set, make_data_set

ROOT = README.parent
RUN = [block for block in blocks(README.read_text()) if block.kind != "show"]
SECONDS = 1800  # of one block; the longest installs PyTorch
PORT = 8000  # as the README prints it
CLIP = "clips/person.mp4"
CALIBRATION_CAPTURES = 12  # the rule of three wants 10 for the short form's BPCER


@dataclass(slots=True)
class Newcomer:
    """Somebody at a terminal, and another one for what is left running."""

    clone: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def follow(self, block: Block) -> None:
        self._bring_clips(block)
        if block.until:
            self._start(block.runnable, block.until)
            return
        for command in self._commands(block):
            done = subprocess.run(
                command, cwd=self.clone, env=environment(), timeout=SECONDS, capture_output=True
            )
            said = (done.stdout + done.stderr).decode(errors="replace")[-4000:]
            assert done.returncode in block.exits, f"README line {block.line}, {command[-1]!r}:\n{said}"

    def stop(self) -> None:
        for process in self.running:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(60)

    def _commands(self, block: Block) -> list[list[str]]:
        """A shell's lines one by one, as they are typed."""
        if block.language == "python":
            return [[".venv/bin/python", "-c", block.runnable]]
        return [["bash", "-c", line] for line in block.runnable.splitlines() if line.strip()]

    def _start(self, command: str, address: str) -> None:
        process = subprocess.Popen(
            ["bash", "-c", command], cwd=self.clone, env=environment(), start_new_session=True
        )
        self.running.append(process)
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            assert process.poll() is None, f"{command.strip()} ended"
            try:
                with urllib.request.urlopen(address, timeout=2):
                    return
            except OSError:
                time.sleep(1)
        pytest.fail(f"{address} does not answer")

    def _bring_clips(self, block: Block) -> None:
        """What the README asks its reader for, where a tag says what stands for it."""
        mine, calibration = self.clone / "data/mine", self.clone / "data/calibration"
        if "data/mine holds" in block.said and not mine.exists():
            make_data_set(self.clone / CLIP, mine)
        if "data/calibration holds" in block.said and not calibration.exists():
            make_calibration_set(self.clone / CLIP, calibration, captures=CALIBRATION_CAPTURES)


def environment() -> dict[str, str]:
    """Nobody's settings but patience: the README claims nothing of a machine that others use, too."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LIVENESS_")}
    return plain | {"LIVENESS_DEADLINE_SECONDS": "300"}


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newcomer]:
    for program in ("git", "make", "curl", "node", "npm"):
        if shutil.which(program) is None:
            missing(f"{program} is missing: the README uses it")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            missing(f"port {PORT}, which the README prints, is taken")
    clone = tmp_path_factory.mktemp("fresh") / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    reader = Newcomer(clone)
    yield reader
    reader.stop()


@pytest.mark.parametrize("block", RUN, ids=lambda block: f"line-{block.line}")
def test_a_block_does_what_it_says(newcomer: Newcomer, block: Block) -> None:
    newcomer.follow(block)


def test_the_terminal_gives_the_verdict_that_the_service_gives(newcomer: Newcomer) -> None:
    clip = newcomer.clone / CLIP
    with clip.open("rb") as file:
        answer = httpx.post(
            f"http://127.0.0.1:{PORT}/v1/liveness?depth_maps=true", files={"clip": file}, timeout=300
        )
    assert answer.status_code == 200
    verdict = answer.json()
    assert verdict["frames"]["received"] == 75
    assert verdict["depth_maps"]
    said = subprocess.run(
        [".venv/bin/python", "-m", "service", "check", CLIP, "--json"],
        cwd=newcomer.clone, env=environment(), check=False, capture_output=True, timeout=300,
    )  # fmt: skip
    assert said.returncode in (0, 1), said.stderr
    same = json.loads(said.stdout)
    assert [each["score"] for each in same["windows"]] == [each["score"] for each in verdict["windows"]]
    assert same["decision"] == verdict["decision"]


def test_what_the_readme_makes_is_not_in_the_way_of_git(newcomer: Newcomer) -> None:
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=newcomer.clone, capture_output=True, text=True, check=True
    )
    assert status.stdout == ""
