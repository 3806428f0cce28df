"""The network as the four graphs that are served, and random inputs that suit each of them.

B of a kind at once, T frames, P = T - 1 pairs, S px a side of a face, h = w cells of the depth grid, D
channels of a pair.
"""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import onnx
import torch
from onnxscript import optimizer
from torch import Tensor, nn

from model.card import METADATA_KEY, ModelCard
from model.network.config import NetworkConfig
from model.network.frame import NUM_LEVELS
from model.network.liveness import LivenessNet
from model.network.streaming import FrameEncoder, PairHead, WholeClip, WindowHead

OPSET = 18  # the one that torch's exporter is written in: every runtime of the last years reads it
_ANY_SIZE = 2**31 - 1  # values of a constant that is worked out at export
_LEVELS = range(1, NUM_LEVELS + 1)


@dataclass(frozen=True, slots=True)
class Graph:
    """One file: what it is made of, and what its inputs and outputs are called, in order."""

    name: str
    module: nn.Module
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def served_graphs(net: LivenessNet) -> tuple[Graph, ...]:
    """The parts that a stream is folded from, and their composition; `net` is in eval mode."""
    return (
        Graph(
            "frame_encoder", FrameEncoder(net).eval(), ("faces",), ("coarse_depth", *_numbered("features"))
        ),
        Graph("pair_head", PairHead(net).eval(), (*_numbered("before"), *_numbered("after")), ("pair",)),
        Graph(
            "window_head",
            WindowHead(net).eval(),
            ("pairs", "coarse_depth"),
            ("temporal_depth", "refined_depth", "bona_fide_probability"),
        ),
        Graph(
            "clip",
            WholeClip(net).eval(),
            ("faces",),
            ("coarse_depth", "temporal_depth", "refined_depth", "bona_fide_probability"),
        ),
    )


@torch.no_grad()
def sample_inputs(
    graphs: tuple[Graph, ...], config: NetworkConfig, *, batch: int, generator: torch.Generator
) -> dict[str, tuple[Tensor, ...]]:
    """For each graph what a batch of random faces gives it: the parts are fed what the parts before say."""
    part = {graph.name: graph.module for graph in graphs}
    shape = (batch, config.num_frames, 3, config.face_size, config.face_size)
    faces_BT3SS = torch.rand(shape, generator=generator) - 0.5
    encoded = [part["frame_encoder"](faces_B3SS) for faces_B3SS in faces_BT3SS.unbind(1)]
    coarse_BPhw = torch.stack([coarse for coarse, *_ in encoded[:-1]], dim=1)
    neighbours = [(*before, *after) for (_, *before), (_, *after) in pairwise(encoded)]
    pairs_BPDhw = torch.stack([part["pair_head"](*features) for features in neighbours], dim=1)
    return {
        "frame_encoder": (faces_BT3SS[:, 0].contiguous(),),
        "pair_head": neighbours[0],
        "window_head": (pairs_BPDhw, coarse_BPhw),
        "clip": (faces_BT3SS,),
    }


def to_onnx(graph: Graph, example: tuple[Tensor, ...]) -> onnx.ModelProto:
    """The graph with a free batch size and its weights inside, still without a card."""
    batch = torch.export.Dim("batch", min=1)
    shapes: tuple[Any, ...] = tuple({0: batch} for _ in example)
    if graph.name == "pair_head":  # its forward takes them as one variadic argument
        shapes = (shapes,)
    with _quiet_exporter():
        program = torch.onnx.export(
            graph.module,
            example,
            input_names=graph.inputs,
            output_names=graph.outputs,
            opset_version=OPSET,
            dynamo=True,
            dynamic_shapes=shapes,
            verbose=False,
        )
    assert program is not None
    # Parts of weights become weights of their own, which every runtime lays out for itself beforehand.
    optimizer.optimize(program.model, input_size_limit=_ANY_SIZE, output_size_limit=_ANY_SIZE)
    return _cleaned(program.model_proto)


def with_card(proto: onnx.ModelProto, card: ModelCard) -> bytes:
    """The file's content: the graph, with the card as its only metadata."""
    carrying = onnx.ModelProto()
    carrying.CopyFrom(proto)
    del carrying.metadata_props[:]
    onnx.helper.set_model_props(carrying, {METADATA_KEY: card.to_json()})
    return bytes(carrying.SerializeToString(deterministic=True))


def _numbered(name: str) -> tuple[str, ...]:
    return tuple(f"{name}_{level}" for level in _LEVELS)


@contextmanager
def _quiet_exporter() -> Iterator[None]:
    """Without what torch says of its own insides, of torchvision and of our one name for all batches."""
    exporter = logging.getLogger("torch.onnx")
    level = exporter.level
    exporter.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*LeafSpec", category=FutureWarning)
            warnings.filterwarnings("ignore", message=".*The axis name", category=UserWarning)
            yield
    finally:
        exporter.setLevel(level)


def _cleaned(proto: onnx.ModelProto) -> onnx.ModelProto:
    """Without the exporter's diary, which holds paths of the machine it ran on."""
    graph = proto.graph
    del graph.value_info[:]
    for part in (graph, *graph.node, *graph.initializer, *graph.input, *graph.output):
        del part.metadata_props[:]
        part.ClearField("doc_string")
    onnx.checker.check_model(proto, full_check=True)
    return proto
