"""A command that is told to end: as by Ctrl-C, and no process of it goes on."""

import argparse
import os
import signal
import time
from types import SimpleNamespace

import pytest

from training import commands
from training.__main__ import main
from training.processes import shared_out

LONG = 60.0  # seconds


def nothing() -> None:
    """What a process opens first."""


def own_process(_: int) -> int:
    return os.getpid()


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def test_sigterm_stops_a_command_and_its_processes_end_with_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[int] = []

    def run(_: argparse.Namespace) -> None:
        for process in shared_out(own_process, range(1000), jobs=1, start=nothing, arguments=()):
            seen.append(process)
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(LONG)

    command = SimpleNamespace(__doc__="Works.", add_arguments=lambda _: None, run=run)
    monkeypatch.setattr(commands, "load", lambda _: command)
    before = signal.getsignal(signal.SIGTERM)

    assert main(["half"]) == 130

    assert "stopped" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGTERM) is before
    until = time.monotonic() + LONG
    while not gone(seen[0]) and time.monotonic() < until:
        time.sleep(0.05)
    assert gone(seen[0])
