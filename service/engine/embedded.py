"""ONNX Runtime in this process, its passes shared by all captures.

S px a side of a face, h = w side of the depth grid, D channels of a pair, P pairs of a window.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

import numpy as np
import onnxruntime

from model.calibration import Calibration
from model.engine import Engine
from service.engine.batcher import Batching, MicroBatcher
from service.engine.calibrated import calibrated_card, read_calibration
from service.engine.capture import CaptureEngine
from service.engine.graphs import Arrays, Graphs, SessionRule, load_graphs
from service.engine.providers import (
    ProviderReport,
    ort_names,
    preload_libraries,
    report,
    resolve,
    with_options,
)
from service.engine.serving import EngineInfo
from service.settings import Settings
from service.timeline import Stage, Timeline

_log = logging.getLogger(__name__)


class EmbeddedEngine:
    """`service.engine.serving.ServingEngine` on ONNX Runtime; made by `open_embedded`."""

    def __init__(
        self,
        graphs: Graphs,
        found: ProviderReport,
        batching: Batching,
        *,
        calibration: Calibration | None = None,
    ) -> None:
        """Raises CalibrationMismatch."""
        self.card = calibrated_card(graphs.card, graphs.files, calibration)
        self.info = EngineInfo(
            found.asked,
            found.running,
            found.device,
            found.fell_back,
            graphs.sha256,
            graphs.files,
            calibration,
        )
        self.batchers: dict[Stage, MicroBatcher[Arrays, Arrays]] = {
            stage: MicroBatcher(graph.run, batching, open_captures=lambda: self._open_captures)
            for stage, graph in (
                (Stage.ENCODE, graphs.encoder),
                (Stage.PAIR, graphs.pair),
                (Stage.WINDOW, graphs.window),
            )
        }
        self._open_captures = 0

    @contextmanager
    def capture(self, timeline: Timeline, *, deadline: float) -> Iterator[Engine]:
        self._open_captures += 1
        try:
            yield CaptureEngine(self.card, self.batchers, timeline, deadline)
        finally:
            self._open_captures -= 1


@asynccontextmanager
async def open_embedded(
    settings: Settings, *, observe_batch: Callable[[int], None]
) -> AsyncIterator[EmbeddedEngine]:
    """Loads, compares and warms up. Raises StartError."""
    calibration = read_calibration(settings.calibration) if settings.calibration else None
    graphs, found = await asyncio.to_thread(_load, settings)
    # On a CPU the items of a batch pass in turn: there are no other sizes to warm up for.
    await asyncio.to_thread(_warm_up, graphs, 1 if found.device == "cpu" else settings.max_batch)
    with ThreadPoolExecutor(settings.engine_workers, "network") as executor:
        batching = Batching(
            executor=executor,
            workers=settings.engine_workers,
            max_batch=settings.max_batch,
            max_wait=settings.max_wait_ms / 1000,
            max_queue=settings.max_queue,
            observe=observe_batch,
            spread=found.device == "cpu",
        )
        engine = EmbeddedEngine(graphs, found, batching, calibration=calibration)
        async with AsyncExitStack() as running:
            for batcher in engine.batchers.values():
                await running.enter_async_context(batcher)
            yield engine


def _load(settings: Settings) -> tuple[Graphs, ProviderReport]:
    installed = onnxruntime.get_available_providers()
    asked = resolve(settings.providers, installed)
    preload_libraries(asked, onnxruntime.preload_dlls)
    rule = SessionRule(
        with_options(ort_names(asked, installed), threads=settings.intra_op_threads),
        settings.intra_op_threads,
        at_once=settings.engine_workers,
        max_batch=settings.max_batch,
    )
    graphs = load_graphs(settings.weights, rule)
    running = [graph.providers for graph in (graphs.encoder, graphs.pair, graphs.window)]
    found = report(asked, running, require_gpu=settings.require_gpu)
    if found.fell_back:
        _log.warning("the network runs on %s, not on %s as asked for", found.running, found.asked[0])
    return graphs, found


def _warm_up(graphs: Graphs, max_batch: int) -> None:
    """Runs each graph on black faces, in every batch that there can be: no client pays for the first.

    The largest first and the smallest next: engines that are built for a range of sizes then know theirs.
    """
    card = graphs.card
    black_3SS = np.zeros((3, card.face_size, card.face_size), dtype=np.float32)
    for batch in dict.fromkeys((max_batch, 1, *range(2, max_batch))):
        coarse_hw, *features = graphs.encoder.run([(black_3SS,)] * batch)[0]
        (pair_Dhw,) = graphs.pair.run([(*features, *features)] * batch)[0]
        pairs_PDhw = np.stack([pair_Dhw] * card.num_pairs)
        graphs.window.run([(pairs_PDhw, np.stack([coarse_hw] * card.num_pairs))] * batch)
