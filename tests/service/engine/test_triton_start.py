"""A graph that a Triton server lacks: waited for, as its successor may just come, and then named."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from service.engine import triton
from service.errors import EngineError

client = pytest.importorskip("tritonclient.utils", reason="the extra `triton`")
SETTINGS: Any = SimpleNamespace(triton_wait_seconds=0.2)


class Server:
    """Has the graph from the n-th look on."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    async def get_model_config(self, name: str, *, as_json: bool) -> dict[str, Any]:
        assert as_json
        self.looks -= 1
        if self.looks:
            raise client.InferenceServerException(f"unknown model {name}", status="StatusCode.NOT_FOUND")
        return {"config": {"name": name}}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triton, "_LOOK_SECONDS", 0.01)


def test_a_graph_is_waited_for() -> None:
    assert asyncio.run(triton._config(Server(3), "liveness_a", SETTINGS)) == {"name": "liveness_a"}


def test_a_graph_that_does_not_come_is_named_after_the_wait() -> None:
    with pytest.raises(EngineError, match=r"no liveness_a \(unknown model liveness_a\)"):
        asyncio.run(triton._config(Server(10_000), "liveness_a", SETTINGS))
