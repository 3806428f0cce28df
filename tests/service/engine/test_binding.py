"""Memory that a GPU reads by itself, checked on a CPU: what goes in and comes out is the same."""

import asyncio
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from service.engine.binding import Arrays, BoundPasses, PassesInTurn, page_locked, passes_of
from service.engine.embedded import open_embedded
from service.engine.graphs import Graph, SessionRule, load_graphs
from service.settings import Provider
from service.timeline import Timeline
from tests.service.engine.test_embedded import all_passes
from tests.service.serving import TINY, settings

CPU = ["CPUExecutionProvider"]
_CUDA = "CUDAExecutionProvider"
needs_cuda = pytest.mark.skipif(
    not any(device.ep_name == _CUDA for device in onnxruntime.get_ep_devices()),
    reason="this ONNX Runtime finds no CUDA device",
)


def session_of(name: str, folder: Path = TINY) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(folder / f"{name}.onnx"), options, providers=CPU)


def items_of(session: onnxruntime.InferenceSession, count: int) -> list[Arrays]:
    random = np.random.default_rng(count)
    shapes = [each.shape[1:] for each in session.get_inputs()]
    return [tuple(random.uniform(-1, 1, shape).astype(np.float32) for shape in shapes) for _ in range(count)]


@pytest.mark.parametrize("name", ["frame_encoder", "pair_head", "window_head"])
def test_bound_memory_gives_what_passes_in_turn_give_whatever_was_in_it_before(name: str) -> None:
    session = session_of(name)
    bound, in_turn = BoundPasses(session, at_once=1, max_batch=4), PassesInTurn(session)
    for count in (4, 1, 3, 2):
        items = items_of(session, count)
        for ours, theirs in zip(bound(items), in_turn(items), strict=True):
            for a, b in zip(ours, theirs, strict=True):
                np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("kind", [PassesInTurn, BoundPasses])
def test_a_result_outlives_the_passes_after_it_and_keeps_no_other_alive(kind: type) -> None:
    session = session_of("frame_encoder")
    passes = kind(session) if kind is PassesInTurn else kind(session, at_once=1, max_batch=2)
    results = passes(items_of(session, 2))
    before = [np.array(each) for each in results[0]]
    passes(items_of(session, 1))
    for each, was in zip(results[0], before, strict=True):
        np.testing.assert_array_equal(each, was)
        assert each.base is None or each.base.size == each.size


def test_the_cpu_reads_arrays_as_they_are() -> None:
    assert isinstance(passes_of(session_of("pair_head"), at_once=2, max_batch=8), PassesInTurn)
    assert page_locked(CPU) is None


@pytest.mark.gpu
@needs_cuda
def test_a_gpu_says_what_the_cpu_says_from_page_locked_memory() -> None:
    graphs = load_graphs(TINY, SessionRule([_CUDA], 1, at_once=2))
    assert page_locked([_CUDA]) is not None
    for graph in (graphs.encoder, graphs.pair, graphs.window):
        assert graph.providers[0] == _CUDA
        items = items_of(session_of(graph.name), 3)
        on_the_cpu = Graph(TINY / f"{graph.name}.onnx", SessionRule(CPU, 1)).run(items)
        for ours, theirs in zip(graph.run(items), on_the_cpu, strict=True):
            for a, b in zip(ours, theirs, strict=True):
                assert np.all(np.abs(a - b) <= 1e-3 * np.maximum(1, np.abs(b)))  # TF32 rounds to 10 bits


@pytest.mark.gpu
@needs_cuda
def test_the_service_starts_where_the_gpu_that_it_requires_is_there() -> None:
    async def start() -> None:
        wanted = settings(providers=(Provider.CUDA,), require_gpu=True)
        async with open_embedded(wanted, observe_batch=lambda _: None) as engine:
            assert engine.info.device == "gpu"
            with engine.capture(Timeline(), deadline=float("inf")) as capture:
                assert all(np.isfinite(each).all() for each in await all_passes(capture, 0))

    asyncio.run(start())
