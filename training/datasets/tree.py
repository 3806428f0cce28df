"""Walks a data set's folders: what is named as it should be becomes a sample, what is not a line to read."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Final

from training.datasets.sample import DataSetError, Listing, Presentation, Problem, Sample

VIDEO_SUFFIXES: Final = frozenset({".avi", ".mov", ".mp4", ".mkv", ".webm", ".m4v"})
PICTURE_SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".bmp"})

Parse = Callable[[str], Presentation]
Attach = Callable[[Sample], Sample]


class WrongNameError(ValueError):
    """A name that the data set does not give; the message says what it should be."""


def list_tree(
    root: Path, folders: Sequence[str], *, data_set: str, parse: Parse, attach: Attach = lambda each: each
) -> Listing:
    """The samples below `folders`, in the order of their names, and one problem for each thing that is wrong.

    `parse` makes a presentation of a path below the root without its suffix, or raises WrongNameError;
    `attach` adds what lies beside it. Raises DataSetError where none of the folders is there.
    """
    present = [folder for folder in folders if (root / folder).is_dir()]
    if not present:
        raise DataSetError(
            f"{root} is no copy of {data_set}: it has none of the folders {', '.join(folders)}"
        )
    problems = [
        Problem(folder, "the folder is missing") for folder in folders if not (root / folder).is_dir()
    ]
    samples: dict[str, Sample] = {}
    for folder in present:
        for path in presentations_below(root / folder):
            found = _sample(root, path, data_set, parse, attach)
            if isinstance(found, Problem):
                problems.append(found)
            elif found.name in samples:
                problems.append(
                    Problem(_below(root, path), f"is there already as {samples[found.name].path.name}")
                )
            else:
                samples[found.name] = found
    return Listing(tuple(samples.values()), tuple(problems))


def presentations_below(folder: Path) -> Iterator[Path]:
    """Videos, folders of extracted frames and empty folders, depth first."""
    entries = sorted(each for each in folder.iterdir() if not each.name.startswith("."))
    for entry in entries:
        if entry.is_file() and entry.suffix.lower() in VIDEO_SUFFIXES:
            yield entry
        elif entry.is_dir():
            inside = [each for each in entry.iterdir() if not each.name.startswith(".")]
            if not inside or any(each.suffix.lower() in PICTURE_SUFFIXES for each in inside):
                yield entry
            else:
                yield from presentations_below(entry)


def beside(sample: Sample, suffix: str) -> Path | None:
    """The file of the sample's name with another suffix, where it is there."""
    stem = sample.path if sample.path.is_dir() else sample.path.with_suffix("")
    path = stem.with_name(stem.name + suffix)
    return path if path.is_file() else None


def _sample(root: Path, path: Path, data_set: str, parse: Parse, attach: Attach) -> Sample | Problem:
    where = _below(root, path)
    if path.is_dir() and not any(path.iterdir()):
        return Problem(where, "the folder is empty")
    if path.is_file() and path.stat().st_size == 0:
        return Problem(where, "the file is empty")
    try:
        factors = parse(where if path.is_dir() else str(Path(where).with_suffix("")))
    except WrongNameError as fault:
        return Problem(where, str(fault))
    known = {field.name: getattr(factors, field.name) for field in fields(Presentation)}
    return attach(Sample(**known, data_set=data_set, path=path))


def _below(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()
