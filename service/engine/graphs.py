"""The exported graphs in one folder -> sessions that were compared with their card and their manifest.

B of a kind in one pass, T frames, P pairs of a window, S px a side of a face, h = w side of the depth grid.
"""

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import onnxruntime

from model.card import METADATA_KEY, CardError, ModelCard
from model.clip import FloatArray
from service.engine.binding import passes_of
from service.errors import CardMismatch, WeightsMismatch

Arrays: TypeAlias = tuple[FloatArray, ...]

MANIFEST: Final = "MANIFEST.toml"
SERVED: Final = ("frame_encoder", "pair_head", "window_head")
_UNSERVED: Final = "clip"  # the parts composed; where it is there, its card has to agree


@dataclass(frozen=True, slots=True)
class SessionRule:
    """How ONNX Runtime is set up."""

    providers: Sequence[str | tuple[str, dict[str, Any]]]
    intra_op_threads: int
    at_once: int = 1  # passes of a graph
    max_batch: int = 8  # items of one pass, where they share memory that is kept


_TO_READ: Final = SessionRule(["CPUExecutionProvider"], 1)


@dataclass(frozen=True, slots=True)
class Tensor:
    """An input or output of a graph."""

    name: str
    shape: tuple[int, ...]  # of one item: the first axis, which counts them, left out


class Graph:
    """One graph; its inputs and outputs are in the graph's own order, their first axis counts items."""

    def __init__(self, path: Path, rule: SessionRule) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = rule.intra_op_threads
        self._session = onnxruntime.InferenceSession(str(path), options, providers=list(rule.providers))
        self._passes = passes_of(self._session, at_once=rule.at_once, max_batch=rule.max_batch)
        self.name = path.stem
        self.inputs = _tensors(self._session.get_inputs())
        self.outputs = _tensors(self._session.get_outputs())

    @property
    def providers(self) -> list[str]:
        return list(self._session.get_providers())

    @property
    def card(self) -> ModelCard:
        """Raises CardMismatch where there is none that can be read."""
        metadata = self._session.get_modelmeta().custom_metadata_map
        try:
            return ModelCard.from_json(metadata[METADATA_KEY])
        except (KeyError, CardError) as error:
            raise CardMismatch(f"{self.name}.onnx has no readable model card: {error}") from error

    def run(self, items: Sequence[Arrays]) -> list[Arrays]:
        """One pass for all items: each the inputs of one, each result the outputs of one."""
        return self._passes(items)


@dataclass(frozen=True, slots=True)
class Graphs:
    """The three parts that are served, with the one card that they agree on."""

    encoder: Graph
    pair: Graph
    window: Graph
    card: ModelCard
    files: dict[str, str]  # file name -> sha256

    @property
    def sha256(self) -> str:
        """What `sha256sum frame_encoder.onnx pair_head.onnx window_head.onnx | sha256sum` prints."""
        lines = "".join(f"{digest}  {name}\n" for name, digest in self.files.items())
        return hashlib.sha256(lines.encode()).hexdigest()


def load_graphs(folder: Path, rule: SessionRule) -> Graphs:
    """Raises WeightsMismatch for files and CardMismatch for cards that are not what they should be."""
    files = {f"{name}.onnx": _checked_digest(folder / f"{name}.onnx") for name in SERVED}
    encoder, pair, window = (Graph(folder / name, rule) for name in files)
    cards = {graph.name: graph.card for graph in (encoder, pair, window)}
    if (folder / f"{_UNSERVED}.onnx").is_file():
        cards[_UNSERVED] = Graph(folder / f"{_UNSERVED}.onnx", _TO_READ).card
    card = _one_card(cards, folder)
    _check_shapes(card, encoder, window)
    return Graphs(encoder, pair, window, card, files)


def _checked_digest(path: Path) -> str:
    """The file's sha256, the same as in the manifest of the folder above where there is one."""
    if not path.is_file():
        raise WeightsMismatch(
            f"{path} is missing: LIVENESS_WEIGHTS names a folder with {', '.join(SERVED)} (.onnx)"
        )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest = path.parent.parent / MANIFEST
    if manifest.is_file():
        entry = tomllib.loads(manifest.read_text()).get(f"{path.parent.name}/{path.name}")
        if entry is not None and entry["sha256"] != digest:
            raise WeightsMismatch(f"{path} is not the file that {manifest} names: its sha256 is {digest}")
    return digest


def _one_card(cards: dict[str, ModelCard], folder: Path) -> ModelCard:
    first, *others = cards.items()
    for name, card in others:
        if card != first[1]:
            raise CardMismatch(f"{first[0]}.onnx and {name}.onnx in {folder} carry different model cards")
    return first[1]


def _check_shapes(card: ModelCard, encoder: Graph, window: Graph) -> None:
    """What the card says of sizes against the graphs' own inputs."""
    cells, pairs = card.depth_size, card.num_pairs
    for graph, has, says in (
        (encoder, list(encoder.inputs[0].shape), [3, card.face_size, card.face_size]),
        (window, list(window.inputs[1].shape), [pairs, cells, cells]),
    ):
        if has != says:
            raise CardMismatch(f"the card says that {graph.name}.onnx takes (batch, *{says}), it takes {has}")


def _tensors(nodes: Sequence[Any]) -> tuple[Tensor, ...]:
    return tuple(Tensor(node.name, tuple(node.shape[1:])) for node in nodes)
