"""Groups by the thousand: which are to be made, in how many processes, skipping those that are there.

A group is made from (seed, index) alone, so it is the same whichever process makes it and whenever.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from model.bundle import default_path, ensure_bundle
from model.faces import LandmarkFinder
from training.datasets.capture import SPLITS, Capture, group_path, read_headers, write_group
from training.datasets.own import select_captures
from training.processes import shared_out
from training.protocols import EVERYTHING, Protocol
from training.synthesis.casting import FRAMES
from training.synthesis.group import make_group
from training.synthesis.library import Library
from training.synthesis.render import Renderer
from training.synthesis.session import Studio
from training.synthesis.take import NoFaceError

_SPLIT_SHARES: Final = (0.76, 0.09, 0.15)
_AHEAD: Final = ".ahead"  # in the folder: groups that a process made before it was their turn
_ATTEMPTS: Final = 4  # scenes tried for one group; a face turned too far is drawn again


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What is to be made."""

    assets: Path  # a prepared folder
    out: Path
    seed: int
    split: str | None = None  # None: all, mixed
    frames: Mapping[str, int] = field(default_factory=lambda: FRAMES)  # of a capture, by split
    protocol: Protocol = EVERYTHING  # what it does not use is drawn, and left out


@dataclass(frozen=True, slots=True)
class Made:
    """What became of one group."""

    group: int
    captures: int  # 0 where no scene of it showed a face
    was_there: bool = False


def make_captures(order: Order, captures: int, *, jobs: int) -> Iterator[Made]:
    """Makes groups in order until there are `captures` captures in `order.out`.

    Which groups those are does not hang on how far ahead other processes were when there were enough.
    """
    total = 0
    for made in _all_groups(order, jobs):
        _put_in_place(order, made.group)
        total += made.captures
        yield made
        if total >= captures:
            return


def split_of_group(order: Order, group: int) -> str:
    """The split of a group; the same for every number of captures asked for."""
    if order.split is not None:
        return order.split
    return str(np.random.default_rng((order.seed, group, 1)).choice(SPLITS, p=_SPLIT_SHARES))


def _all_groups(order: Order, jobs: int) -> Iterator[Made]:
    numbers = count()
    if jobs <= 1:
        _start(order)
        yield from map(_make, numbers)
        return
    yield from shared_out(_make, numbers, jobs=jobs, start=_start, arguments=(order,))


_worker: dict[str, tuple[Order, Studio]] = {}  # one process, one studio: set once by _start


def _start(order: Order) -> None:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "LP_NUM_THREADS"):
        os.environ[name] = "1"
    cv2.setNumThreads(1)
    library = Library(order.assets)
    finder = LandmarkFinder(ensure_bundle(default_path()))
    _worker["studio"] = order, Studio(library, Renderer(), finder, order.frames)


def _make(group: int) -> Made:
    return make_ahead(*_worker["studio"], group)


def make_ahead(order: Order, studio: Studio, group: int) -> Made:
    """One group, beside those of the folder until `make_captures` has come to it."""
    ahead = replace(order, out=order.out / _AHEAD)
    return _there(order, group) or replace(make_one(ahead, studio, group), was_there=False)


def _put_in_place(order: Order, group: int) -> None:
    split = split_of_group(order, group)
    ahead, path = group_path(order.out / _AHEAD, split, group), group_path(order.out, split, group)
    if ahead.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        ahead.replace(path)


def make_one(order: Order, studio: Studio, group: int) -> Made:
    """One group, unless it is there already; another scene is tried where a face is lost."""
    if there := _there(order, group):
        return there
    split = split_of_group(order, group)
    for attempt in range(_ATTEMPTS):
        try:
            captures = make_group(studio, split, group, order.seed, attempt=attempt)
        except NoFaceError:
            continue
        return Made(group, _kept(order, captures))
    return Made(group, 0)


def _there(order: Order, group: int) -> Made | None:
    path = group_path(order.out, split_of_group(order, group), group)
    return Made(group, len(read_headers(path)), was_there=True) if path.exists() else None


def _kept(order: Order, captures: Sequence[Capture]) -> int:
    """Writes what the protocol uses, if that is both classes; how many."""
    chosen = select_captures(captures, order.protocol)
    if len({capture.bona_fide for capture in chosen}) < 2:
        return 0
    write_group(order.out, chosen)
    return len(chosen)
