"""The decoding processes, behind a bounded queue."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from model.card import SamplingRule
from model.clip import Clip
from model.video import VideoError
from service.decode.process import Confinement, DecoderKilledError, DecoderProcess, DecoderStartError, Kill
from service.errors import Overloaded, StartError, from_video_error
from service.settings import Settings

_log = logging.getLogger(__name__)


class DecoderPool:
    """Made by `open_decoders`. A process that dies takes its own clip along and no other."""

    def __init__(
        self,
        start: Callable[[], DecoderProcess],
        executor: ThreadPoolExecutor,
        *,
        max_waiting: int,
        observe_kill: Callable[[Kill], None],
    ) -> None:
        """`executor` has a thread for each process that `start` will be called for."""
        self._start, self._executor, self._observe_kill = start, executor, observe_kill
        self._most, self._in_work = max_waiting, 0
        self._idle: deque[DecoderProcess] = deque()

    def start(self, workers: int) -> None:
        """Raises DecoderStartError."""
        for process in self._executor.map(lambda _: self._start(), range(workers)):
            self._idle.append(process)
            self._most += 1

    @property
    def pids(self) -> tuple[int, ...]:
        """The idle processes, the next one first."""
        return tuple(process.pid for process in self._idle)

    async def decode(self, data: bytes) -> Clip:
        """Raises LivenessError: the clip's fault, or Overloaded where too many clips wait already."""
        if self._in_work >= self._most:
            raise Overloaded("too many videos are being decoded; try again", retry_after=1)
        self._in_work += 1
        try:
            # A thread cannot be stopped: a caller that gives up leaves its clip to the time limit.
            return await asyncio.get_running_loop().run_in_executor(self._executor, self._decode, data)
        except VideoError as error:
            raise from_video_error(error) from error
        except DecoderStartError as error:
            raise Overloaded("no video can be decoded now", detail=str(error), retry_after=5) from error
        finally:
            self._in_work -= 1

    def close(self) -> None:
        while self._idle:
            self._idle.popleft().close()

    def _decode(self, data: bytes) -> Clip:
        process = self._idle.popleft()
        try:
            process = self._fresh(process)
            return process.decode(data)
        except DecoderKilledError as error:
            self._observe_kill(error.kill)
            _log.warning("a decoding process was ended", extra={"reason": error.kill})
            raise
        finally:
            self._idle.append(process)

    def _fresh(self, process: DecoderProcess) -> DecoderProcess:
        """The process itself, or its successor where it is worn out or dead."""
        if not process.worn_out:
            return process
        process.close()
        return self._start()


@asynccontextmanager
async def open_decoders(
    settings: Settings, rule: SamplingRule, *, observe_kill: Callable[[Kill], None]
) -> AsyncIterator[DecoderPool]:
    """Raises StartError where the processes do not come up."""
    confinement = Confinement(
        wall_seconds=settings.decode_seconds,
        cpu_seconds=settings.decode_cpu_seconds,
        memory_bytes=settings.decode_memory_mb << 20,
        clips=settings.decode_recycle,
    )
    with ThreadPoolExecutor(settings.decode_workers, "decode") as executor:
        pool = DecoderPool(
            lambda: DecoderProcess(rule, settings.limits, confinement),
            executor,
            max_waiting=settings.decode_queue,
            observe_kill=observe_kill,
        )
        try:
            await asyncio.to_thread(pool.start, settings.decode_workers)
            yield pool
        except DecoderStartError as error:
            raise StartError(str(error)) from error
        finally:
            executor.shutdown()  # what is still decoded ends by its time limit
            pool.close()
