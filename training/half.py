"""Served graphs -> the same graphs in half precision, for GPUs that are faster at it.

Squares of gradients overflow in half precision and the epsilon under their root vanishes (network.md section
9), so every Sobel filter and its magnitude stay in float32. So do inputs and outputs: the service is told
nothing but another folder.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import onnx
from onnxruntime.transformers.float16 import convert_float_to_float16

from training.errors import TrainingError

GRAPHS: Final = ("frame_encoder", "pair_head", "window_head")
_MAGNITUDE: Final = frozenset({"Conv", "Mul", "Pow", "Add"})  # from the filters to their root


class MissingGraphsError(TrainingError):
    """The folder does not hold the served graphs."""


def write_half(source: Path, target: Path) -> None:
    """Writes the graphs that are served; `target` must not exist. Raises MissingGraphsError."""
    missing = [name for name in GRAPHS if not (source / f"{name}.onnx").is_file()]
    if missing:
        raise MissingGraphsError(f"{source} holds no {', '.join(missing)} (.onnx)")
    target.mkdir(parents=True)
    try:
        for name in GRAPHS:
            onnx.save(halved(onnx.load(str(source / f"{name}.onnx"))), str(target / f"{name}.onnx"))
    except BaseException:
        shutil.rmtree(target)
        raise


def halved(proto: onnx.ModelProto) -> onnx.ModelProto:
    """The graph with its card, float32 outside and at every gradient."""
    half: onnx.ModelProto = convert_float_to_float16(
        proto, keep_io_types=True, node_block_list=sorted(kept_whole(proto.graph))
    )
    return half


def kept_whole(graph: onnx.GraphProto) -> set[str]:
    """Names of the nodes that filter, square, add up and take the root of gradients."""
    made_by = {output: node for node in graph.node for output in node.output}
    kept = {node.name for node in graph.node if _filters_each_channel(node)}
    for root in (node for node in graph.node if node.op_type == "Sqrt"):
        kept |= {root.name, *_before(root, made_by)}
    return kept


def _before(node: onnx.NodeProto, made_by: dict[str, onnx.NodeProto]) -> Iterator[str]:
    for source in (made_by[name] for name in node.input if name in made_by):
        if source.op_type in _MAGNITUDE:
            yield source.name
            if source.op_type != "Conv":
                yield from _before(source, made_by)


def _filters_each_channel(node: onnx.NodeProto) -> bool:
    return node.op_type == "Conv" and any(each.name == "group" and each.i > 1 for each in node.attribute)
