"""The decoding process: reads clips from its standard input and answers on its standard output.

python -m service.decode.worker JOB, where JOB is what `Job.to_json` gave. The block of shared memory is
inherited as a file descriptor; once the limits are set, no byte can be written to a file.
"""

import mmap
import os
import resource
import sys
from dataclasses import dataclass
from typing import IO, Final

from pydantic import TypeAdapter

from model.card import SamplingRule
from model.video import VideoError, VideoFault, VideoLimits, read_clip
from service.core_dumps import forbid_core_dumps
from service.decode.wire import LENGTH_BYTES, READY, write_clip, write_fault


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """All that a decoding process is told at its start."""

    block: int  # file descriptor of the shared memory
    block_bytes: int
    memory_bytes: int
    cpu_seconds: int  # of one clip
    rule: SamplingRule
    limits: VideoLimits

    def to_json(self) -> str:
        return _ADAPTER.dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str) -> "Job":
        return _ADAPTER.validate_json(text)


_ADAPTER: Final = TypeAdapter(Job)
_LEAST_FREE: Final = 256 << 20  # bytes of address space for the pictures of one clip
_MAX_FILES: Final = 16  # libraries import parts of themselves when they are first needed


def send(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(len(message).to_bytes(LENGTH_BYTES, "big") + message)
    pipe.flush()


def receive(pipe: IO[bytes], *, limit: int) -> bytes:
    """The next message. Raises EOFError where the other side is gone or says more than `limit` bytes."""
    header = pipe.read(LENGTH_BYTES)
    length = int.from_bytes(header, "big")
    if len(header) < LENGTH_BYTES or length > limit:
        raise EOFError
    message = pipe.read(length)
    if len(message) < length:
        raise EOFError
    return message


def confine(job: Job) -> None:
    """Takes away everything that decoding does not need."""
    forbid_core_dumps()
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (job.memory_bytes, job.memory_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_MAX_FILES, _MAX_FILES))


def allow_cpu(seconds: int) -> None:
    """The soft limit counts from the start of the process: it moves with each clip."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, hard))


def answer(data: bytes, job: Job, block: mmap.mmap) -> bytes:
    try:
        return write_clip(read_clip(data, rule=job.rule, limits=job.limits), block)
    except VideoError as error:
        return write_fault(error)
    except MemoryError:
        return write_fault(VideoError(VideoFault.UNREADABLE, "the video needs too much memory to decode"))


def main(job: Job) -> None:
    block = mmap.mmap(job.block, job.block_bytes)
    os.close(job.block)
    confine(job)
    with mmap.mmap(-1, _LEAST_FREE):  # or it ends here, not with the first clip
        pass
    clips, answers = sys.stdin.buffer, sys.stdout.buffer
    send(answers, READY)
    while True:
        try:
            data = receive(clips, limit=sys.maxsize)
        except EOFError:
            return
        allow_cpu(job.cpu_seconds)
        send(answers, answer(data, job, block))


if __name__ == "__main__":
    main(Job.from_json(sys.argv[1]))
