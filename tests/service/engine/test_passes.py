"""What a Triton server's answers, and its silence, mean for whoever asked."""

import asyncio
import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from service.engine.graphs import Tensor
from service.engine.passes import RemotePasses, Room
from service.errors import DeadlineExceeded, LivenessError, Overloaded

client = pytest.importorskip("tritonclient.utils", reason="the extra `triton`")
GRAPH: Any = SimpleNamespace(name="pair_head", inputs=(Tensor("a", (2,)),), outputs=(Tensor("b", (2,)),))
ITEM = (np.array([1, 2], np.float32),)


class Server:
    """Doubles what it is sent, or fails with a status."""

    def __init__(self, status: str = "") -> None:
        self.status, self.asked = status, list[dict[str, Any]]()

    async def infer(self, model: str, inputs: list[Any], **options: Any) -> Any:
        self.asked.append({"model": model, "shape": inputs[0].shape(), **options})
        if self.status:
            raise client.InferenceServerException("its words", status=f"StatusCode.{self.status}")
        await asyncio.sleep(0.01)
        return SimpleNamespace(as_numpy=lambda _name: np.array([[2, 4]], np.float32))


def submit(server: Server, *, seconds: float = 5.0, most: int = 4, times: int = 1) -> list[Any]:
    passes = RemotePasses(server, "there", GRAPH, Room(most))

    async def go() -> list[Any]:
        deadline = time.perf_counter() + seconds
        waiting = (passes.submit(ITEM, deadline=deadline) for _ in range(times))
        return await asyncio.gather(*waiting, return_exceptions=True)

    return asyncio.run(go())


def test_an_item_goes_there_alone_with_the_time_that_is_left_and_comes_back_in_its_shape() -> None:
    server = Server()
    (passed,) = submit(server)
    np.testing.assert_array_equal(passed.result[0], [2, 4])
    assert passed.queued is None
    (asked,) = server.asked
    assert (asked["model"], asked["shape"]) == ("there", [1, 2])
    assert 0 < asked["client_timeout"] <= 5
    assert asked["timeout"] == pytest.approx(1e6 * asked["client_timeout"], abs=1)


def test_what_is_too_late_already_is_not_sent() -> None:
    server = Server()
    (refused,) = submit(server, seconds=-1)
    assert isinstance(refused, DeadlineExceeded)
    assert server.asked == []


def test_beyond_the_room_a_pass_is_refused_and_those_before_are_run() -> None:
    said = submit(Server(), most=2, times=3)
    assert [type(each).__name__ for each in said] == ["Passed", "Passed", "Overloaded"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("DEADLINE_EXCEEDED", DeadlineExceeded),
        ("UNAVAILABLE", Overloaded),
        ("RESOURCE_EXHAUSTED", Overloaded),
        ("NOT_FOUND", Overloaded),
        ("INTERNAL", LivenessError),
    ],
)
def test_a_status_is_told_in_our_codes_and_its_words_stay_in_the_log(
    status: str, kind: type[LivenessError]
) -> None:
    (refused,) = submit(Server(status))
    assert type(refused) is kind
    assert "its words" not in refused.message
