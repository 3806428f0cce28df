"""A source that fails for a moment costs a pause, what was half done is gone, and what lacks is named."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.system.tools import __main__ as command
from tests.system.tools import install as installing
from tests.system.tools import sources
from tests.system.tools.sources import ToolsError, persistently, run


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources.time, "sleep", lambda _: None)


def flaky(faults: int) -> tuple[list[Path], Callable[[Path, Path], None]]:
    """An installer that leaves half of its work behind so many times before it succeeds."""
    left_over: list[Path] = []
    attempts = iter(range(1, 100))

    def installer(_lock: Path, target: Path) -> None:
        left_over.extend(target.iterdir())
        (target / "half").touch()
        if next(attempts) <= faults:
            run(sys.executable, "-c", "raise SystemExit(1)")
        (target / "tool").touch()

    return left_over, installer


def offered(monkeypatch: pytest.MonkeyPatch, installer: Callable[[Path, Path], None]) -> None:
    monkeypatch.setattr(installing, "GROUPS", {"some": ("python.txt", installer)})


def test_a_source_that_fails_twice_is_asked_a_third_time_in_a_clean_folder_and_then_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left_over, installer = flaky(2)
    offered(monkeypatch, installer)
    assert installing.install("some", tmp_path) is True
    assert left_over == []
    assert (tmp_path / "some/tool").exists()
    assert installing.install("some", tmp_path) is False


def test_a_source_that_stays_away_leaves_nothing_that_passes_for_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered(monkeypatch, flaky(9)[1])
    for _ in range(2):
        with pytest.raises(ToolsError, match="exit status 1"):
            installing.install("some", tmp_path)


def test_what_no_further_attempt_can_mend_is_said_at_once() -> None:
    asked = []

    def attempt() -> None:
        asked.append(1)
        run("no-such-program")

    with pytest.raises(ToolsError, match="no-such-program"):
        persistently(attempt)
    assert len(asked) == 1


def test_a_command_that_hangs_counts_as_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_PATIENCE", 0.2)
    with pytest.raises(subprocess.TimeoutExpired):
        run(sys.executable, "-c", "import time; time.sleep(60)")


def test_one_group_that_cannot_be_had_keeps_no_other_away_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    groups = {"away": ("python.txt", flaky(9)[1]), "there": ("python.txt", flaky(0)[1])}
    monkeypatch.setattr(installing, "GROUPS", groups)
    monkeypatch.setattr(command, "GROUPS", groups)
    monkeypatch.setattr(command, "CACHE", tmp_path)
    monkeypatch.setattr(sys, "argv", ["tools"])
    assert command.main() == 1
    said = capsys.readouterr()
    assert said.out == "there: installed\n"
    assert said.err.splitlines()[-1].startswith("away: ")
