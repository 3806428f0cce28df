"""Counts the verdicts that flip when one thing about the captures changes, and how much time matters.

Judges captures of DATA/SPLIT as they are and after each change: codecs, size, light, tone, colour, lost
frames, a greyed background, a face box that is set a little off. Then shows the network bona fide windows
beside their own frozen and shuffled copies (RUN/gaps.csv).

Stored captures hold every third frame of a camera's. What becomes of a verdict at 10, 15 or 30 frames a
second is measured on video files of living people (H.264, VP8 or VP9, at most two minutes), all frames kept:

    python -m training robustness --clip person.mp4 other.webm --run scores/clips/people

They are cut into captures as `clip` does: 2 s, one every half second, where one face is seen all along.

Writes RUN/robustness.csv, which `report RUN` shows, and RUN/decisions.csv, how each capture was decided under
each change. Some 25 judgements a capture: half a minute on one core. A run that was stopped goes on where it
was with the same command; one that is done begins anew.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, zip_longest
from pathlib import Path

import numpy as np
from tqdm import tqdm

from model.engine import Engine
from training.arguments import add_jobs, add_weights
from training.clip_captures import SECONDS, NoPersonError
from training.clip_files import file_content
from training.datasets.capture import SPLITS, Capture, list_groups, read_group
from training.errors import NoCaptures
from training.flips import count_flips, described, write_flips
from training.only_writer import only_writer
from training.onnx_engine import OnnxEngine
from training.robustness import Decisions
from training.robustness_journal import Journal, run_digest
from training.robustness_run import Item, clip_items, decide_rest, stored_items
from training.scores import as_taken
from training.time_gaps import alter_windows, time_gaps, write_gaps


def add_arguments(parser: argparse.ArgumentParser) -> None:
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", type=Path, help="folder of captures (`synthesise` makes it)")
    source.add_argument("--clip", type=Path, nargs="+", metavar="FILE", dest="clips", help="video files")
    parser.add_argument("--run", type=Path, required=True, dest="folder", help="folder of scores to add to")
    add_weights(parser)
    parser.add_argument("--split", choices=SPLITS, default="test", help="default: %(default)s")
    parser.add_argument("--captures", type=int, default=150, help="of DATA to judge (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    add_jobs(parser)


def run(arguments: argparse.Namespace) -> None:
    """Raises NoCaptures, NotAClip, NoPersonError, NoGraphs, CardError, FolderInUse, ProcessLost."""
    engine = OnnxEngine(arguments.weights)
    with only_writer(arguments.folder):
        lines = _clips(arguments) if arguments.clips else _stored(arguments, engine)
    sys.stdout.write("\n".join([*lines, f"written to {arguments.folder}", ""]))


def _stored(arguments: argparse.Namespace, engine: Engine) -> list[str]:
    captures = _captures(arguments.data, arguments.split, arguments.captures, arguments.seed)
    pictures = (data for each in captures for data in (*each.frames, each.times_T.tobytes()))
    journal = _journal(arguments, pictures)
    decided = _decided(stored_items(captures), len(captures), journal, arguments)
    lines = _table(decided, arguments.folder, missing="stored captures have no other rate")
    lines += _gaps(captures, engine, arguments)
    journal.end()
    return lines


def _clips(arguments: argparse.Namespace) -> list[str]:
    journal = _journal(arguments, map(file_content, arguments.clips))
    decided = _decided(clip_items(arguments.clips), None, journal, arguments)
    if not decided:
        raise NoPersonError(f"no file holds {SECONDS:g} s with one face in every sampled frame")
    lines = _table(decided, arguments.folder, missing="no file shows more frames a second")
    journal.end()
    return [
        *lines,
        f"{len(decided)} captures, cut from {', '.join(path.name for path in arguments.clips)}: those of one "
        "file overlap and show one person, while the intervals take each for another's",
    ]


def _journal(arguments: argparse.Namespace, pictures: Iterable[bytes]) -> Journal:
    return Journal(arguments.folder, run_digest(arguments.weights, arguments.seed, pictures))


def _decided(
    items: Iterable[Item], count: int | None, journal: Journal, arguments: argparse.Namespace
) -> list[Decisions]:
    before = journal.begin()
    rest = decide_rest(
        items,
        journal,
        known={each.number for each in before},
        weights=arguments.weights,
        seed=arguments.seed,
        jobs=arguments.jobs,
    )
    shown = tqdm(rest, "robustness", count, initial=len(before), unit="capture")
    return [*(each.decisions for each in before), *shown]


def _table(decided: Sequence[Decisions], folder: Path, *, missing: str) -> list[str]:
    flips = count_flips(decided)
    write_flips(flips, folder / "robustness.csv")
    return [described(each, missing=missing) for each in flips]


def _gaps(captures: Sequence[Capture], engine: Engine, arguments: argparse.Namespace) -> list[str]:
    windows = asyncio.run(alter_windows(captures, engine=engine, seed=arguments.seed))
    write_gaps(windows, arguments.folder / "gaps.csv")
    return [
        f"{f'{gap.alteration}, {gap.motion}':28} AUC {gap.auc:.3f} ({gap.windows} windows)"
        for gap in time_gaps(windows)
    ]


def _captures(data: Path, split: str, most: int, seed: int) -> Sequence[Capture]:
    """Captures of as many groups as there can be, the same number of each, drawn.

    Bona fide ones as they were taken: a copy that was sent on is no further capture to count flips of.
    """
    groups = list_groups(data, split)
    if not groups:
        raise NoCaptures(f"{data} holds no {split} captures; `python -m training synthesise` makes some")
    rng, each = np.random.default_rng(seed), max(1, round(most / len(groups)))
    chosen = (capture for path in groups for capture in _drawn(list(as_taken(read_group(path))), each, rng))
    return list(islice(chosen, most))


def _drawn(group: Sequence[Capture], count: int, rng: np.random.Generator) -> Iterator[Capture]:
    """Half of them bona fide, as far as there are; which class comes first is drawn."""
    order = [group[i] for i in rng.permutation(len(group))]
    classes = [
        [capture for capture in order if capture.bona_fide is bona_fide] for bona_fide in (True, False)
    ]
    in_turn = zip_longest(*(classes[i] for i in rng.permutation(2)))
    yield from islice((each for pair in in_turn for each in pair if each is not None), count)
