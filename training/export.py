"""A trained network -> the files that are served: written whole and proven, or not at all."""

import hashlib
import json
import os
import shutil
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import onnx
import torch

from model.card import CardError, ModelCard
from model.network.config import NetworkConfig
from model.network.liveness import LivenessNet, fused
from training.graphs import Graph, sample_inputs, served_graphs, to_onnx, with_card
from training.parity import check_parity

MANIFEST: Final = "MANIFEST.toml"
_SEED = 0  # of the inputs that the graphs are traced and compared with


@dataclass(frozen=True, slots=True)
class Converted:
    """A network as ONNX, and the modules that the files are compared with."""

    config: NetworkConfig
    graphs: tuple[Graph, ...]
    protos: Mapping[str, onnx.ModelProto]


def export(net: LivenessNet, card: ModelCard, folder: Path) -> dict[str, float]:
    """Both steps, for a card that is known beforehand."""
    return write_graphs(convert(net), card, folder)


def convert(net: LivenessNet) -> Converted:
    """The fused network's graphs; takes a good part of a minute, and no card."""
    graphs = served_graphs(fused(net).cpu())
    generator = torch.Generator().manual_seed(_SEED)
    examples = sample_inputs(graphs, net.config, batch=2, generator=generator)
    return Converted(
        net.config, graphs, {graph.name: to_onnx(graph, examples[graph.name]) for graph in graphs}
    )


def write_graphs(converted: Converted, card: ModelCard, folder: Path) -> dict[str, float]:
    """Writes the graphs with their card to `folder`, once they say what the network says.

    Returns the drift of each output. Raises CardError where the card disagrees with the network and
    DriftError where a graph does; `folder` is then as it was.
    """
    _check_card(card, converted.config)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as staging:
        staged = Path(staging) / folder.name
        staged.mkdir()
        for name, proto in converted.protos.items():
            (staged / f"{name}.onnx").write_bytes(with_card(proto, card))
        drifts = check_parity(staged, converted.graphs, converted.config, seed=_SEED)
        _swap_in(staged, folder, Path(staging) / "before")
    return drifts


def write_manifest(folder: Path, card: ModelCard) -> Path:
    """Records the folder's graphs in the manifest beside it; what it says of other folders stays."""
    path = folder.parent / MANIFEST
    entries = tomllib.loads(path.read_text()) if path.is_file() else {}
    kept = {name: entry for name, entry in entries.items() if not name.startswith(f"{folder.name}/")}
    for file in sorted(folder.glob("*.onnx")):
        data = file.read_bytes()
        kept[f"{folder.name}/{file.name}"] = {
            "sha256": hashlib.sha256(data).hexdigest(),
            "bytes": len(data),
            "licence": card.licence,
            "training_run": card.training_run,
        }
    path.write_text("\n".join(_section(name, kept[name]) for name in sorted(kept)))
    return path


def _check_card(card: ModelCard, config: NetworkConfig) -> None:
    for name in ("num_frames", "face_size", "depth_size", "alpha"):
        ours, theirs = getattr(card, name), getattr(config, name)
        if ours != theirs:
            raise CardError(f"the card says {name} = {ours}, the network {theirs}")


def _swap_in(staged: Path, folder: Path, before: Path) -> None:
    """Puts the staged folder in place of the old one, whose other files it keeps."""
    if folder.exists():
        for file in folder.iterdir():
            if file.suffix != ".onnx" and file.is_file():
                shutil.copy2(file, staged)
        os.replace(folder, before)
    os.replace(staged, folder)


def _section(name: str, entry: dict[str, str | int]) -> str:
    """One table of TOML; its strings are written as JSON's, which TOML reads alike."""
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items()]
    return "\n".join([f"[{json.dumps(name)}]", *lines, ""])
