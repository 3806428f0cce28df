"""Missing assets from their public sources: git at the pinned commits; converted and cut where needed."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from training.synthesis.assets import FACE_MODEL, MANIFEST, PORTRAITS, Folder, folders, read_manifest
from training.synthesis.cutter import BOXES, cut_portraits, read_boxes
from training.synthesis.git_source import GitSource
from training.synthesis.ict_convert import convert_face_model
from training.synthesis.library import MissingAssetsError

_KEPT: Final = ".sources"  # below the folder of assets: clones, and what was fetched but not converted yet
_MESHES: Final = "FaceXModel"
_FIGURES: Final = "figures"


def fetch_missing(
    missing: Iterable[str],
    out: Path,
    *,
    origins: Mapping[str, Folder] | None = None,
    manifest: Path = MANIFEST,
    boxes: Path = BOXES,
) -> None:
    """Fetches the files of the manifest named `missing` into OUT; what is there already is kept.

    One source's failure does not keep the others from being fetched. Raises MissingAssetsError with all of
    them, in the order of the sources.
    """
    wanted: dict[str, list[str]] = {}
    for name in missing:
        wanted.setdefault(str(Path(name).parent), []).append(name)
    known = folders() if origins is None else origins
    upstream = {row["file"]: _path_upstream(row["source"]) for row in read_manifest(manifest)}
    problems = []
    for path, names in wanted.items():
        try:
            _fetch(known[path], names, out, upstream, boxes)
        except (MissingAssetsError, OSError) as error:
            problems.append(f"{path}: {error}")
    if problems:
        raise MissingAssetsError("\n".join(problems))


def _fetch(folder: Folder, names: list[str], out: Path, upstream: Mapping[str, str], boxes: Path) -> None:
    kept = out / _KEPT / folder.source.rstrip("/").rpartition("/")[2]
    git = GitSource(folder.source, folder.commit, kept / "clone")
    if folder.path == str(Path(FACE_MODEL).parent):
        meshes = [name for name in git.files(_MESHES) if name.endswith(".obj")]
        git.fetch({name: kept / name for name in meshes})
        convert_face_model(kept / _MESHES, out / FACE_MODEL)
    elif folder.path == PORTRAITS:
        table = [box for box in read_boxes(boxes) if f"{PORTRAITS}/{box.name}.jpg" in set(names)]
        figures = {box.figure for box in table}
        git.fetch({f"{_FIGURES}/{name}": kept / _FIGURES / name for name in sorted(figures)})
        cut_portraits(kept / _FIGURES, table, out / PORTRAITS)
    else:
        git.fetch({upstream[name]: out / name for name in names})


def _path_upstream(source: str) -> str:
    """`OWNER/REPOSITORY @COMMIT, PATH` as the manifest says it -> PATH."""
    return source.partition(", ")[2]
