"""The folder that `evaluate` writes and `report` reads: what stands beside the tables of scores.

card.json         of the weights that scored; tables of other weights are never left under it
MODEL_CARD.md     what the weights are for, where somebody has written that
provenance.toml   a table for each split: which captures were judged, and how many of the groups there are
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from model.card import ModelCard
from training.datasets.capture import SPLITS
from training.scores import CARD_NAME

MODEL_CARD: Final = "MODEL_CARD.md"
PROVENANCE: Final = "provenance.toml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """What one table of scores is of. The groups judged are a split's first ones."""

    captures: str  # `training.provenance.data_version`
    protocol: str
    groups_judged: int
    groups_stored: int


def prepare(folder: Path, weights: Path, card: ModelCard) -> None:
    """Makes the folder, with both cards.

    What lies there of other weights goes: tables, which would be read under this card, and MODEL_CARD.md.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = folder / CARD_NAME
    if written.is_file() and written.read_text(encoding="utf-8") != card.to_json():
        for stale in (*folder.glob("scores_*.csv"), folder / MODEL_CARD):
            stale.unlink(missing_ok=True)
    written.write_text(card.to_json(), encoding="utf-8")
    if text := model_card(weights, card):
        (folder / MODEL_CARD).write_text(text, encoding="utf-8")


def model_card(weights: Path, card: ModelCard) -> str:
    """MODEL_CARD.md of a folder of graphs, or the one beside it, as MANIFEST.toml lies, if its title names
    these weights; empty where there is none.
    """
    own, beside = weights / MODEL_CARD, weights.resolve().parent / MODEL_CARD
    if own.is_file():
        return own.read_text(encoding="utf-8")
    text = beside.read_text(encoding="utf-8") if beside.is_file() else ""
    return text if text.partition("\n")[0].strip() == f"# {card.name} {card.version}" else ""


def record(folder: Path, split: str, judged: Judged) -> None:
    """Writes down what a split's new table is of; the records of other splits' tables stay."""
    path = folder / PROVENANCE
    known: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    kept = {
        name: known[name]
        for name in SPLITS
        if isinstance(known.get(name), dict) and (folder / f"scores_{name}.csv").is_file()
    }
    tables = kept | {split: asdict(judged)}
    path.write_text("\n".join(_table(name, values) for name, values in tables.items()), encoding="utf-8")


def parts(provenance: Mapping[str, Any], of: str = "") -> Iterator[str]:
    """A line for each split of which only some groups were judged; records of several draws are nested."""
    for name, told in provenance.items():
        if isinstance(told, Mapping) and "groups_judged" in told:
            if told["groups_judged"] < told["groups_stored"]:
                yield f"{of}{name}: the first {told['groups_judged']} of {told['groups_stored']} groups"
        elif isinstance(told, Mapping):
            yield from parts(told, f"{name}, ")


def _table(name: str, values: dict[str, Any]) -> str:
    """A table of TOML; its strings are written as JSON's, which TOML reads alike."""
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "\n".join([f"[{name}]", *lines, ""])
