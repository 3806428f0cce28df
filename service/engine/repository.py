"""The three graphs as a model repository of NVIDIA's Triton.

OUT/liveness_frame_encoder_0a1b2c3d4e5f/config.pbtxt, .../1/model.onnx and so on: names end with the graph's
sha256, so that two versions never mix their graphs while one is replaced by the other.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from service.engine.graphs import Graph, Graphs, Tensor

_HASH_DIGITS: Final = 12  # of 64: enough to tell the graphs of a few versions apart
_VERSION: Final = "1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Dynamics:
    """How the server joins the passes of many captures."""

    max_batch: int
    max_wait_ms: float
    max_queue: int


def model_name(graph: Graph, graphs: Graphs) -> str:
    """What a graph is called on a server that may have others, those of another version too."""
    return f"liveness_{graph.name}_{graphs.files[f'{graph.name}.onnx'][:_HASH_DIGITS]}"


def write_repository(out: Path, graphs: Graphs, weights: Path, dynamics: Dynamics) -> list[Path]:
    """Writes it into `out`, beside those of other weights, and returns the folders. Raises OSError."""
    folders = []
    for graph in (graphs.encoder, graphs.pair, graphs.window):
        folder = out / model_name(graph, graphs)
        (folder / _VERSION).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(weights / f"{graph.name}.onnx", folder / _VERSION / "model.onnx")
        (folder / "config.pbtxt").write_text(configuration(graph, folder.name, dynamics))
        folders.append(folder)
    return folders


def configuration(graph: Graph, name: str, dynamics: Dynamics) -> str:
    """Stateless, and batched by the server; what waited longer than its request allows is dropped there.

    Without an `instance_group`, Triton uses each GPU that it has, and the CPU where it has none.
    """
    wait = round(1000 * dynamics.max_wait_ms)
    return f"""name: "{name}"
platform: "onnxruntime_onnx"
max_batch_size: {dynamics.max_batch}
{_tensors("input", graph.inputs)}
{_tensors("output", graph.outputs)}
dynamic_batching {{
  max_queue_delay_microseconds: {wait}
  default_queue_policy {{ max_queue_size: {dynamics.max_queue} allow_timeout_override: true }}
}}
"""


def _tensors(kind: str, tensors: tuple[Tensor, ...]) -> str:
    return f"{kind} [\n" + ",\n".join(f"  {_tensor(each)}" for each in tensors) + "\n]"


def _tensor(tensor: Tensor) -> str:
    """A number per item is a vector of one for Triton, which knows no other."""
    dims = ", ".join(map(str, tensor.shape or (1,)))
    scalar = "" if tensor.shape else " reshape { shape: [ ] }"
    return f'{{ name: "{tensor.name}" data_type: TYPE_FP32 dims: [ {dims} ]{scalar} }}'
