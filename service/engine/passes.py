"""One graph on a Triton server: the inputs of one item there, its outputs back."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from service.engine.batcher import Passed
from service.engine.graphs import Arrays, Graph
from service.errors import DeadlineExceeded, LivenessError, Overloaded
from service.tracing import outgoing_trace

_TOO_LATE: Final = ("StatusCode.DEADLINE_EXCEEDED", "StatusCode.CANCELLED")
# No server, a full one, or (while one version replaces another) one that lacks the graph.
_ELSEWHERE: Final = ("StatusCode.UNAVAILABLE", "StatusCode.RESOURCE_EXHAUSTED", "StatusCode.NOT_FOUND")


@dataclass(slots=True)
class Room:
    """How many passes may be on their way at once, of all kinds."""

    most: int
    taken: int = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Raises Overloaded."""
        if self.taken >= self.most:
            raise Overloaded("too many captures are being judged; try again", retry_after=1)
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1


@dataclass(frozen=True, slots=True)
class RemotePasses:
    """`service.engine.capture.Passes` by an inference client of tritonclient's."""

    client: Any  # tritonclient.grpc.aio.InferenceServerClient
    name: str  # of the graph, there
    graph: Graph
    room: Room

    async def submit(self, item: Arrays, *, deadline: float) -> Passed[Arrays]:
        """How long it waited there, the server does not say. Raises Overloaded and DeadlineExceeded."""
        from tritonclient.utils import InferenceServerException

        started = time.perf_counter()
        left = deadline - started
        if left <= 0:
            raise _late()
        with self.room.one():
            try:
                answer = await self.client.infer(
                    self.name,
                    self._inputs(item),
                    timeout=max(1, round(1e6 * min(left, 3600))),  # of its turn there, in microseconds
                    client_timeout=min(left, 3600),
                    headers=outgoing_trace(),
                )
            except InferenceServerException as error:
                raise _refused(error) from error
        return Passed(self._outputs(answer), None, (started, time.perf_counter()))

    def _inputs(self, item: Arrays) -> list[Any]:
        from tritonclient.grpc import InferInput

        inputs = []
        for tensor, array in zip(self.graph.inputs, item, strict=True):
            inputs.append(InferInput(tensor.name, [1, *array.shape], "FP32"))
            inputs[-1].set_data_from_numpy(array[None])
        return inputs

    def _outputs(self, answer: Any) -> Arrays:
        return tuple(answer.as_numpy(each.name).reshape(each.shape) for each in self.graph.outputs)


def _late() -> DeadlineExceeded:
    return DeadlineExceeded("the service is too busy to judge the clip in time")


def _refused(error: Any) -> LivenessError:
    """What the server's status means for whoever asked; its words are for the log."""
    status, said = str(error.status()), str(error.message())
    if status in _TOO_LATE:
        return _late()
    if status in _ELSEWHERE:
        return Overloaded("the network cannot be reached just now; try again", detail=said, retry_after=2)
    return LivenessError("the network failed; the request's id helps to find why", detail=f"{status}: {said}")
