"""Portraits -> one npz for each that makes a head, side by side in several processes."""

from collections.abc import Iterable
from pathlib import Path

from tqdm import tqdm

from model.bundle import default_path, ensure_bundle
from model.faces import LandmarkFinder
from training.processes import shared_out
from training.synthesis.duplicates import drop_near_duplicates, near_duplicates
from training.synthesis.ict import load_face_model
from training.synthesis.portraits import (
    PersonSegmenter,
    PortraitTools,
    UnusablePortraitError,
    prepare_portrait,
)
from training.synthesis.prepared import Prepared, save_arrays
from training.synthesis.tags import portrait_tags

_tools: list[PortraitTools] = []  # of a process, opened once and closed with it


def due_portraits(paths: Iterable[Path], out: Path) -> tuple[list[Path], Prepared]:
    """Which portraits are to be prepared into OUT, and what becomes of the others.

    A portrait whose tags let it be no head is left out of a new folder, and stays in an old one: captures
    are drawn from the folder's names, so that the same seed goes on with the same people.
    """
    due, done, twins = [], Prepared(), near_duplicates(out)
    for path in paths:
        seen = portrait_tags().get(path.stem)
        no_head = seen.no_head if seen else None
        there = (out / f"{path.stem}.npz").exists()
        if there and no_head:
            done.outdated[path.name] = no_head
        if there or path.stem in twins:
            done.kept += 1
        elif no_head:
            done.refused[path.name] = no_head
        else:
            due.append(path)
    return due, done


def prepare_portraits(
    paths: Iterable[Path], out: Path, *, face_model: Path, segmenter: Path, jobs: int
) -> Prepared:
    """One npz for each usable portrait; what is there already is kept. Raises ProcessLost."""
    out.mkdir(parents=True, exist_ok=True)
    due, done = due_portraits(paths, out)
    tools = (face_model, segmenter, ensure_bundle(default_path()))
    work = [(path, out / f"{path.stem}.npz") for path in due]
    prepared = shared_out(_prepare, work, jobs=jobs, start=_open_tools, arguments=tools)
    progress = tqdm(prepared, total=len(due), desc="portraits", unit="portrait")
    for path, reason in zip(due, progress, strict=True):
        if reason is None:
            done.made += 1
        else:
            done.refused[path.name] = reason
    for name, first in drop_near_duplicates(out).items():
        done.made -= 1
        done.refused[name] = f"nearly the same picture as {first}"
    return done


def _open_tools(face_model: Path, segmenter: Path, bundle: Path) -> None:
    finder = LandmarkFinder(bundle)
    _tools.append(PortraitTools(finder, PersonSegmenter(segmenter), load_face_model(face_model)))


def _prepare(portrait: tuple[Path, Path]) -> str | None:
    """Prepares one portrait into its target; why not, where it makes no head."""
    source, target = portrait
    try:
        save_arrays(target, prepare_portrait(source, _tools[0]))
    except UnusablePortraitError as reason:
        return str(reason)
    return None
