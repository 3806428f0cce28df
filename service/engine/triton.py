"""The same graphs on a Triton server, by the Open Inference Protocol v2 over gRPC.

The server joins the passes of many captures, and keeps nothing: whichever answers is as good as another.
gRPC spreads passes over all addresses that the host's name has, and tries one that failed elsewhere.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from model.card import ModelCard
from model.engine import Engine
from service.engine.calibrated import calibrated_card, read_calibration
from service.engine.capture import CaptureEngine
from service.engine.graphs import Graph, Graphs, SessionRule, load_graphs
from service.engine.passes import RemotePasses, Room
from service.engine.repository import model_name
from service.engine.serving import EngineInfo
from service.errors import EngineError, GpuRequired, LivenessError
from service.settings import Settings
from service.timeline import Stage, Timeline

_RETRIED: Final = {
    "loadBalancingConfig": [{"round_robin": {}}],
    "methodConfig": [
        {
            "name": [{"service": "inference.GRPCInferenceService"}],
            "retryPolicy": {
                "maxAttempts": 4,
                "initialBackoff": "0.02s",
                "maxBackoff": "0.5s",
                "backoffMultiplier": 3,
                # An address may be a server of another version, which lacks these graphs.
                "retryableStatusCodes": ["UNAVAILABLE", "NOT_FOUND"],
            },
        }
    ],
}
_CHANNEL: Final = (
    ("grpc.service_config", json.dumps(_RETRIED)),
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
    ("grpc.dns_min_time_between_resolutions_ms", 2000),  # pods of a server come and go
    ("grpc.max_reconnect_backoff_ms", 2000),  # a client told to wait two seconds may find it there
)
_LOOK_SECONDS: Final = 0.5  # between two looks whether the server is there


@dataclass(frozen=True, slots=True)
class TritonEngine:
    """`service.engine.serving.ServingEngine`; made by `open_triton`."""

    card: ModelCard
    info: EngineInfo
    passes: Mapping[Stage, RemotePasses]

    @contextmanager
    def capture(self, timeline: Timeline, *, deadline: float) -> Iterator[Engine]:
        yield CaptureEngine(self.card, self.passes, timeline, deadline)


@asynccontextmanager
async def open_triton(settings: Settings) -> AsyncIterator[TritonEngine]:
    """Waits for the server, looks for the graphs there, warms up. Raises StartError."""
    graphs = await asyncio.to_thread(load_graphs, settings.weights, SessionRule(["CPUExecutionProvider"], 1))
    calibration = read_calibration(settings.calibration) if settings.calibration else None
    card = calibrated_card(graphs.card, graphs.files, calibration)
    async with AsyncExitStack() as opened:
        client = _client(settings)
        opened.push_async_callback(client.close)
        await _await_server(client, settings)
        names = {stage: model_name(graph, graphs) for stage, graph in _parts(graphs).items()}
        device = _device([await _config(client, name, settings) for name in names.values()])
        if settings.require_gpu and device != "gpu":
            raise GpuRequired(
                f"LIVENESS_REQUIRE_GPU is set, but the Triton server at {settings.triton_url} runs the "
                "network on the CPU: give it a GPU, or unset it"
            )
        room = Room(settings.max_queue)
        passes = {
            stage: RemotePasses(client, names[stage], graph, room) for stage, graph in _parts(graphs).items()
        }
        info = EngineInfo(("triton",), "triton", device, False, graphs.sha256, graphs.files, calibration)
        engine = TritonEngine(card, info, passes)
        await _warm_up(engine, settings.triton_wait_seconds)
        yield engine


def _parts(graphs: Graphs) -> dict[Stage, Graph]:
    return {Stage.ENCODE: graphs.encoder, Stage.PAIR: graphs.pair, Stage.WINDOW: graphs.window}


def _client(settings: Settings) -> Any:
    if settings.triton_url is None:
        raise EngineError("LIVENESS_ENGINE=triton needs LIVENESS_TRITON_URL=host:8001, the gRPC port")
    try:
        from tritonclient.grpc.aio import InferenceServerClient  # an extra
    except ImportError as error:
        raise EngineError(
            "LIVENESS_ENGINE=triton needs the extra `triton`: pip install tritonclient[grpc]"
        ) from error
    return InferenceServerClient(settings.triton_url, channel_args=_CHANNEL)


async def _await_server(client: Any, settings: Settings) -> None:
    """Both may be started together, and a server with a GPU takes its time. Raises EngineError."""
    try:
        await _until(lambda: client.is_server_ready(client_timeout=_LOOK_SECONDS * 4), settings)
    except _NotThere as error:
        raise EngineError(
            f"no Triton server answers at {settings.triton_url} ({error}): check LIVENESS_TRITON_URL (host "
            f"and gRPC port) and that it runs; waited {settings.triton_wait_seconds:g} s"
        ) from error


async def _config(client: Any, name: str, settings: Settings) -> dict[str, Any]:
    """The server's configuration of a graph; waits for it, as a server may just be replaced by one that has
    it. Raises EngineError.
    """
    try:
        answer = await _until(lambda: client.get_model_config(name, as_json=True), settings)
    except _NotThere as error:
        raise EngineError(
            f"the Triton server has no {name} ({error}), which LIVENESS_WEIGHTS names: write its repository "
            "with the same weights: python -m service triton-repository OUT"
        ) from error
    config: dict[str, Any] = answer["config"]
    return config


class _NotThere(Exception):  # noqa: N818 - it is called what it says
    """What the server said last."""


async def _until(look: Callable[[], Awaitable[Any]], settings: Settings) -> Any:
    """What `look` finds once it finds something. Raises _NotThere after the wait."""
    from tritonclient.utils import InferenceServerException

    end, why = time.monotonic() + settings.triton_wait_seconds, "it is not ready"
    while True:
        try:
            if found := await look():
                return found
        except InferenceServerException as error:
            why = str(error.message())
        if time.monotonic() >= end:
            raise _NotThere(why)
        await asyncio.sleep(_LOOK_SECONDS)


def _device(configs: list[dict[str, Any]]) -> str:
    kinds = [group.get("kind") for config in configs for group in config.get("instance_group", ())]
    return "gpu" if kinds and all(kind == "KIND_GPU" for kind in kinds) else "cpu"


async def _warm_up(engine: TritonEngine, seconds: float) -> None:
    """A black face through all three graphs: what does not work is found now. Raises EngineError."""
    card = engine.card
    black_3SS = np.zeros((3, card.face_size, card.face_size), dtype=np.float32)
    try:
        with engine.capture(Timeline(), deadline=time.perf_counter() + seconds) as capture:
            face = await capture.encode(black_3SS)
            pair_Dhw = await capture.pair(face.features, face.features)
            pairs_PDhw, coarse_Phw = (
                np.stack([each] * card.num_pairs) for each in (pair_Dhw, face.coarse_hw)
            )
            await capture.window(pairs_PDhw, coarse_Phw)
    except LivenessError as error:
        raise EngineError(f"the Triton server could not run the network: {error}") from error
