"""Graphs to measure: the shipped ones, or random ones of the same sizes. Time does not depend on weights."""

import tempfile
from functools import cache
from pathlib import Path

import torch

from model.card import ModelCard
from model.network.config import VARIANTS, NetworkConfig
from model.network.liveness import LivenessNet, fused
from service.settings import shipped_weights
from training.graphs import sample_inputs, served_graphs, to_onnx, with_card

_FOLDER = Path(tempfile.gettempdir()) / "liveness-bench"


@cache
def graphs_of(variant: str) -> Path:
    """The folder of the four graphs; random ones are made once and kept for the next run."""
    if variant == "compact" and (shipped_weights() / "clip.onnx").is_file():
        return shipped_weights()
    folder = _FOLDER / variant
    if not (folder / "window_head.onnx").is_file():
        torch.set_num_threads(1)
        torch.manual_seed(0)
        write_random(VARIANTS[variant], folder)
    return folder


def write_random(config: NetworkConfig, folder: Path) -> None:
    """Graphs of random weights; `export` rightly refuses what an untrained network rounds to."""
    graphs = served_graphs(fused(LivenessNet(config).eval()))
    examples = sample_inputs(graphs, config, batch=2, generator=torch.Generator().manual_seed(0))
    folder.mkdir(parents=True, exist_ok=True)
    for graph in graphs:
        made = with_card(to_onnx(graph, examples[graph.name]), _card(config))
        (folder / f"{graph.name}.onnx").write_bytes(made)


def _card(config: NetworkConfig) -> ModelCard:
    return ModelCard(
        name=config.name,
        version="0.0.0",
        variant=config.name,
        status="test",
        training_run="none: random weights for benchmarks",
        data_version="none",
        face_size=config.face_size,
        alpha=config.alpha,
        threshold=0.5,
    )
