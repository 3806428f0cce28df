"""A process that forbade core dumps leaves none where it is killed, though its limits and files allow it."""

import os
import resource
import subprocess
import sys
from pathlib import Path

from tests.needs import missing
from tests.service.commands.test_serve import ROOT
from tests.service.processes import children
from tests.service.replica import Replica
from tests.service.serving import TINY

DIE = "import os; os.abort()"
FORBID = "from service.core_dumps import forbid_core_dumps; forbid_core_dumps(); "


def dumped(program: str, folder: Path) -> bool:
    """Whether the kernel dumped the core of a program that aborts, with no limit set from outside."""

    def unlimited() -> None:
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    ended = subprocess.Popen(
        [sys.executable, "-c", program], cwd=folder, env={"PYTHONPATH": str(ROOT)}, preexec_fn=unlimited
    )
    _, status, _ = os.wait4(ended.pid, 0)
    ended.returncode = os.waitstatus_to_exitcode(status)
    return os.WCOREDUMP(status)


def test_a_process_that_forbade_dumps_leaves_none(tmp_path: Path) -> None:
    try:
        allowed = dumped(DIE, tmp_path)
    except (OSError, subprocess.SubprocessError):
        missing("this user may not raise the limit of core dumps")
    if not allowed:
        missing("this system dumps no core of anything")
    assert not dumped(FORBID + DIE, tmp_path)


def test_the_kernel_counts_it_among_those_that_nobody_may_read() -> None:
    asked = FORBID + "import ctypes; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"  # PR_GET_DUMPABLE
    said = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, check=True).stdout
    assert said.strip() == b"0"


def core_limit(pid: int) -> list[str]:
    """Soft and hard, in bytes."""
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
    return next(line for line in lines if line.startswith("Max core file size")).split()[4:6]


def test_the_service_and_its_decoders_dump_none(tmp_path: Path) -> None:
    variables = {"LIVENESS_WEIGHTS": str(TINY), "LIVENESS_DECODE_WORKERS": "1"}
    replica = Replica.started(tmp_path / "log", variables)
    try:
        decoders = children(replica.process.pid)
        assert len(decoders) == 1
        for pid in (replica.process.pid, *decoders):
            assert core_limit(pid) == ["0", "0"]
    finally:
        replica.kill()
