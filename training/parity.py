"""Whether the graphs on disk say what the network says, and the parts of a stream what the whole clip says.

One tolerance everywhere: |a - b| <= 1e-4 max(1, |b|) (network.md section 9).
"""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch

from model.clip import FloatArray
from model.network.config import NetworkConfig
from training.graphs import Graph, sample_inputs
from training.onnx_engine import cpu_session

TOLERANCE = 1e-4
_LARGEST_BATCH = 5
_ROUNDS = 3


class DriftError(RuntimeError):
    """A graph says something else than the network it was made from."""

    def __init__(self, output: str, drift: float) -> None:
        super().__init__(
            f"{output} drifts by {drift:.3g}, more than the tolerance of {TOLERANCE:g}; nothing was written"
        )
        self.output, self.drift = output, drift


class GraphFiles:
    """The graphs of a folder, run one by one on one thread, whatever the batch."""

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        self._sessions = {name: cpu_session(folder / f"{name}.onnx") for name in names}

    def run(self, name: str, *arrays: FloatArray) -> list[FloatArray]:
        """Inputs and outputs in the graph's own order, the batch first."""
        session = self._sessions[name]
        feed = dict(zip((each.name for each in session.get_inputs()), arrays, strict=True))
        return [np.asarray(output, dtype=np.float32) for output in session.run(None, feed)]


def drift(said: FloatArray, expected: FloatArray) -> float:
    """Largest |a - b| / max(1, |b|); infinite where a value is not finite."""
    if said.shape != expected.shape or not np.isfinite(said).all():
        return float("inf")
    return float((np.abs(said - expected) / np.maximum(1, np.abs(expected))).max())


def check_parity(
    folder: Path, graphs: tuple[Graph, ...], config: NetworkConfig, *, seed: int = 0
) -> dict[str, float]:
    """Compares the files with the network over random batch sizes: the drift of each output.

    Raises DriftError naming the output that drifted furthest, if it is beyond the tolerance.
    """
    files = GraphFiles(folder, tuple(graph.name for graph in graphs))
    generator = torch.Generator().manual_seed(seed)
    sizes = [1, *torch.randint(2, _LARGEST_BATCH + 1, (_ROUNDS - 1,), generator=generator).tolist()]
    worst: dict[str, float] = {}
    for size in sizes:
        inputs = sample_inputs(graphs, config, batch=size, generator=generator)
        found = {
            **_against_network(files, graphs, inputs),
            **_against_stream(files, inputs["clip"][0].numpy()),
        }
        worst = {name: max(worst.get(name, 0.0), value) for name, value in found.items()}
    furthest = max(worst, key=lambda name: worst[name])
    if worst[furthest] > TOLERANCE:
        raise DriftError(furthest, worst[furthest])
    return worst


@torch.no_grad()
def _against_network(
    files: GraphFiles, graphs: tuple[Graph, ...], inputs: Mapping[str, tuple[torch.Tensor, ...]]
) -> dict[str, float]:
    found = {}
    for graph in graphs:
        answer = graph.module(*inputs[graph.name])
        expected = answer if isinstance(answer, tuple) else (answer,)
        said = files.run(graph.name, *(each.numpy() for each in inputs[graph.name]))
        for name, ours, theirs in zip(graph.outputs, said, expected, strict=True):
            found[f"{graph.name}.{name}"] = drift(ours, theirs.numpy())
    return found


def _against_stream(files: GraphFiles, faces_BT3SS: FloatArray) -> dict[str, float]:
    """The three parts, folded over a clip's frames, against the clip's graph."""
    encoded = [
        files.run("frame_encoder", np.ascontiguousarray(faces_BT3SS[:, t]))
        for t in range(faces_BT3SS.shape[1])
    ]
    coarse_BThw = np.stack([coarse for coarse, *_ in encoded], axis=1)
    pairs = [files.run("pair_head", *before, *after)[0] for (_, *before), (_, *after) in pairwise(encoded)]
    window = files.run("window_head", np.stack(pairs, axis=1), np.ascontiguousarray(coarse_BThw[:, :-1]))
    names = ("coarse_depth", "temporal_depth", "refined_depth", "bona_fide_probability")
    whole = files.run("clip", faces_BT3SS)
    return {
        f"stream.{name}": drift(folded, clip)
        for name, folded, clip in zip(names, (coarse_BThw, *window), whole, strict=True)
    }
