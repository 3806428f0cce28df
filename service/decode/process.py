"""One decoding process, seen from the service: blocking, for one thread at a time.

A process of its own interpreter, not a fork: safe beside threads, nothing of the service's memory or
environment (keys!) in it, and 0.4 s to start. Python's multiprocessing is not used: it would unpickle what a
process says that has read a stranger's file.
"""

import mmap
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from signal import SIGXCPU
from typing import IO, Final

import service
from model.card import SamplingRule
from model.clip import Clip
from model.video import VideoLimits
from service.decode import worker
from service.decode.wire import MAX_ANSWER_BYTES, READY, WireError, block_bytes, read_answer
from service.decode.worker import Job, receive, send
from service.errors import UnreadableClip

START_SECONDS: Final = 60.0
_ROOT: Final = Path(service.__file__).parents[1]
# Where a library of the system may be looked for, and nothing else of the service's environment.
_INHERITED: Final = ("PATH", "LD_LIBRARY_PATH", "PYTHONHOME", "LANG")


class Kill(StrEnum):
    """Why a decoding process ended within a clip."""

    WALL_CLOCK = "wall_clock"
    CPU_TIME = "cpu_time"
    CRASHED = "crashed"
    NONSENSE = "nonsense"


@dataclass(frozen=True, kw_only=True, slots=True)
class Confinement:
    """What one decoding process may use."""

    wall_seconds: float  # of one clip
    cpu_seconds: int  # of one clip
    memory_bytes: int  # address space
    clips: int  # until it is replaced


class DecoderStartError(RuntimeError):
    """The decoding process did not come up; what it said is in the log."""


class DecoderKilledError(UnreadableClip):
    """The clip cost its decoding process the life."""

    def __init__(self, kill: Kill) -> None:
        took_too_long = kill in (Kill.WALL_CLOCK, Kill.CPU_TIME)
        says = "the video takes too long to decode" if took_too_long else "the video cannot be decoded"
        super().__init__(says, detail=f"the decoding process was ended: {kill}")
        self.kill = kill


class DecoderProcess:
    """Waits for clips from its start on; close it."""

    def __init__(self, rule: SamplingRule, limits: VideoLimits, confinement: Confinement) -> None:
        """Raises DecoderStartError."""
        self._confinement = confinement
        self._decoded = 0
        size = block_bytes(limits)
        block_file = os.memfd_create("clip")  # nameless: nothing is left where a process dies
        try:
            os.ftruncate(block_file, size)
            self._block = mmap.mmap(block_file, size)
            job = Job(
                block=block_file,
                block_bytes=size,
                memory_bytes=confinement.memory_bytes,
                cpu_seconds=confinement.cpu_seconds,
                rule=rule,
                limits=limits,
            )
            self._process = _launch(job)
        finally:
            os.close(block_file)
        self._await_ready()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def worn_out(self) -> bool:
        """Whether it has to be replaced before the next clip."""
        return self._decoded >= self._confinement.clips or self._process.poll() is not None

    def decode(self, data: bytes) -> Clip:
        """Raises VideoError for the clip's faults, DecoderKilledError where it cost the process its life."""
        self._decoded += 1
        with self._killed_after(self._confinement.wall_seconds) as too_late:
            try:
                send(self._clips, data)
                return read_answer(receive(self._answers, limit=MAX_ANSWER_BYTES), self._block)
            except WireError as error:
                self._end()
                raise DecoderKilledError(Kill.NONSENSE) from error
            except (EOFError, OSError) as error:
                self._end()
                raise DecoderKilledError(self._cause_of_death(too_late())) from error
            finally:
                self._block.madvise(mmap.MADV_REMOVE)  # erased, and its memory given back

    def close(self) -> None:
        self._end()
        self._block.close()

    def _await_ready(self) -> None:
        with self._killed_after(START_SECONDS):
            try:
                if receive(self._answers, limit=len(READY)) == READY:
                    return
            except (EOFError, OSError):
                pass
        self.close()
        raise DecoderStartError(
            "the decoding process did not start; its standard error says why. "
            "LIVENESS_DECODE_MEMORY_MB may be too small"
        )

    @contextmanager
    def _killed_after(self, seconds: float) -> Iterator[Callable[[], bool]]:
        """Ends the process when the time is up, which ends whatever waits for it; yields whether it was."""
        up = threading.Event()

        def kill() -> None:
            up.set()
            self._process.kill()

        timer = threading.Timer(seconds, kill)
        timer.daemon = True
        timer.start()
        try:
            yield up.is_set
        finally:
            timer.cancel()

    def _cause_of_death(self, too_late: bool) -> Kill:
        if too_late:
            return Kill.WALL_CLOCK
        return Kill.CPU_TIME if self._process.returncode == -SIGXCPU else Kill.CRASHED

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._clips, self._answers):
            with suppress(OSError):  # unsent bytes of a clip that nobody reads any more
                pipe.close()

    @property
    def _clips(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def _answers(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout


def _launch(job: Job) -> subprocess.Popen[bytes]:
    environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    # One thread: numpy's pools only cost address space here.
    environment |= {"PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", worker.__name__, job.to_json()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=(job.block,),
        env=environment,
        start_new_session=True,  # Ctrl-C in a terminal is for the service, which then ends it
    )
