"""Where the assets come from, and whether what lies in a folder is what it should be."""

import csv
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Final

from tqdm import tqdm

from training.synthesis.content import is_portrait, model_content, portraits_known
from training.synthesis.library import MissingAssetsError
from training.synthesis.npm_source import Package

SOURCES: Final = Path(__file__).parent / "assets.toml"
MANIFEST: Final = Path(__file__).parent / "assets_manifest.csv"  # of every file: bytes, sha256, source
FACE_MODEL: Final = "heads/ict/ict_facekit.npz"
PORTRAITS: Final = "faces/t2i"
_SHOWN: Final = 5


class State(Enum):
    """What became of a file."""

    THERE = "there"
    MISSING = "missing"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Folder:
    """An entry of assets.toml: files of one origin."""

    path: str
    source: str  # URL of a git repository
    commit: str
    licence: str
    content: Mapping[str, str] = field(default_factory=dict)  # of a converted file, by array


def sources() -> dict[str, list[dict[str, Any]]]:
    """assets.toml: folders, packages and decoders, each with its source and licence."""
    return tomllib.loads(SOURCES.read_text())


def folders() -> dict[str, Folder]:
    """The folders of assets.toml by path."""
    wanted = ("path", "source", "commit", "licence", "content")
    entries = ({key: entry[key] for key in wanted if key in entry} for entry in sources()["folder"])
    return {entry["path"]: Folder(**entry) for entry in entries}


def packages() -> tuple[Package, ...]:
    """The npm packages, of data and decoders."""
    return tuple(
        Package(entry["name"], entry["version"])
        for kind in ("package", "decoder")
        for entry in sources()[kind]
    )


def read_manifest(manifest: Path = MANIFEST) -> list[dict[str, str]]:
    with manifest.open() as lines:
        return list(csv.DictReader(lines))


def file_states(folder: Path, manifest: Path = MANIFEST, *, portraits: bool = True) -> dict[str, State]:
    """Every file that the manifest names, portraits only where they are wanted: compared by hash, or by
    content where it is converted or cut.
    """
    rows = [row for row in read_manifest(manifest) if portraits or not _is_cut(row["file"])]
    return {row["file"]: _state(folder, row) for row in tqdm(rows, desc="checking", unit="file")}


def check_folder(folder: Path, manifest: Path = MANIFEST, *, portraits: bool = True) -> int:
    """How many files are what the manifest says.

    Raises MissingAssetsError naming what is missing or different, and where it comes from.
    """
    states = file_states(folder, manifest, portraits=portraits)
    wrong = [name for name, state in states.items() if state is not State.THERE]
    if wrong:
        shown = ", ".join(wrong[:_SHOWN]) + (
            f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        )
        raise MissingAssetsError(
            f"{len(wrong)} of {len(states)} files in {folder} are missing or not what {manifest.name} says: "
            f"{shown}. They come from {_origins(wrong)}"
        )
    return len(states)


def _state(folder: Path, row: Mapping[str, str]) -> State:
    path = folder / row["file"]
    if not path.is_file():
        return State.MISSING
    if hashlib.sha256(path.read_bytes()).hexdigest() == row["sha256"]:
        return State.THERE
    return State.THERE if _same_content(path, row["file"]) else State.DIFFERENT


def _same_content(path: Path, name: str) -> bool:
    if name == FACE_MODEL:
        return model_content(path) == folders()[str(Path(name).parent)].content
    return _is_cut(name) and is_portrait(path, portraits_known())


def _is_cut(name: str) -> bool:
    """Whether a file is a portrait, cut from a figure."""
    return name.startswith(f"{PORTRAITS}/")


def _origins(names: list[str]) -> str:
    concerned = {str(Path(name).parent) for name in names}
    known = [each for each in folders().values() if each.path in concerned] or list(folders().values())
    return "; ".join(f"{each.path} from {each.source} at {each.commit}" for each in known)
