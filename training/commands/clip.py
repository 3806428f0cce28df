"""Cuts captures from one real video of a living person, and makes attacks in time of each.

Captures of 2 s, one every half second: they overlap and are one person's, so no sample of people. Of each:
a wobbling still, a pause and a loop. OUT is a folder of captures that is judged like any other:

    python -m training clip person.mp4 data/person
    python -m training evaluate --data data/person --split dev --out scores/clips/person
    python -m training robustness --data data/person --split dev --run scores/clips/person

A clip that anything was tuned on is dev; one that is test is scored once a release. Nobody measured its
depth, so it is nothing to train on. The pictures are kept whole and without loss: a second is some 10 MB.
What lost frames and slower cameras do is measured on the file itself, by `robustness --clip person.mp4`.
"""

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from model.bundle import default_path, ensure_bundle
from model.card import SamplingRule
from model.faces import LandmarkFinder
from training.clip_captures import Cut, cut_captures
from training.clip_files import read_file
from training.datasets.capture import list_groups, write_group
from training.errors import TrainingError


class FolderInUse(TrainingError):  # noqa: N818
    """Captures are there that these would replace."""

    code = "folder_in_use"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("video", type=Path, help="H.264, VP8 or VP9 in MP4 or WebM, at most two minutes")
    parser.add_argument("out", type=Path, help="folder that receives the captures")
    parser.add_argument("--split", choices=("dev", "test"), default="dev", help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="of the attacks (default: %(default)s)")


def run(arguments: argparse.Namespace) -> None:
    """Raises NotAClip, FolderInUse, NoPersonError."""
    if list_groups(arguments.out, arguments.split):
        raise FolderInUse(f"{arguments.out}/{arguments.split} holds captures; choose another folder")
    cut = Cut(split=arguments.split, subject=arguments.video.stem, seed=arguments.seed)
    groups = 0
    with LandmarkFinder(ensure_bundle(default_path())) as finder:
        made = cut_captures(read_file(arguments.video, SamplingRule()), cut, finder=finder)
        for group in tqdm(made, "cutting", unit="capture"):
            write_group(arguments.out, group)
            groups += 1
    sys.stdout.write(f"{groups} bona fide captures and 3 attacks of each -> {arguments.out}\n")
