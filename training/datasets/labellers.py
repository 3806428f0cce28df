"""Groups -> captures and what became of each sample, in this process or side by side in several."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from model.faces import LandmarkFinder
from training.datasets.capture import Capture
from training.datasets.grouping import Group
from training.datasets.labelling import FaceFinder, LabelRule, UnlabelledError, label_sample
from training.datasets.sample import Sample
from training.processes import shared_out

LABELLED: Final = "labelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelRow:
    """What became of one sample."""

    group: int
    name: str
    split: str
    species: str
    outcome: str  # LABELLED, or the code of the reason why not
    message: str = ""
    frames: int = 0  # in the capture


@dataclass(frozen=True, slots=True)
class LabelledGroup:
    """The captures that a group gave, and a row for each of its samples."""

    group: Group
    captures: tuple[Capture, ...]
    rows: tuple[LabelRow, ...]


Labeller = Callable[[Sequence[Group]], Iterator[LabelledGroup]]


def in_process(faces: FaceFinder, rule: LabelRule) -> Labeller:
    """One group after the other, in their order."""
    return lambda groups: (label_group(group, faces=faces, rule=rule) for group in groups)


def in_processes(bundle: Path, rule: LabelRule, *, jobs: int) -> Labeller:
    """The same, as many at a time as there are jobs, each with its own face finder. Raises ProcessLost."""
    work = partial(_label_in_worker, rule)
    return lambda groups: shared_out(work, groups, jobs=jobs, start=_open_finder, arguments=(bundle,))


def label_group(group: Group, *, faces: FaceFinder, rule: LabelRule) -> LabelledGroup:
    """Every sample of a group; one that cannot be labelled leaves its reason and does not stop the others."""
    captures: list[Capture] = []
    rows: list[LabelRow] = []
    for sample in group.members:
        try:
            capture = label_sample(sample, group=group.number, faces=faces, rule=rule)
        except UnlabelledError as error:
            rows.append(_row(group, sample, outcome=error.reason, message=error.message))
        else:
            captures.append(capture)
            rows.append(_row(group, sample, outcome=LABELLED, frames=len(capture.frames)))
    return LabelledGroup(group, tuple(captures), tuple(rows))


def _row(group: Group, sample: Sample, *, outcome: str, message: str = "", frames: int = 0) -> LabelRow:
    return LabelRow(
        group=group.number,
        name=sample.name,
        split=sample.split,
        species=sample.species,
        outcome=outcome,
        message=message,
        frames=frames,
    )


_finders: list[LandmarkFinder] = []  # of a worker process, opened once and closed with it


def _open_finder(bundle: Path) -> None:
    _finders.append(LandmarkFinder(bundle))


def _label_in_worker(rule: LabelRule, group: Group) -> LabelledGroup:
    return label_group(group, faces=_finders[0], rule=rule)
