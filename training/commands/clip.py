"""Cuts captures from one real video of a living person, and makes attacks in time of each.

Captures of 2 s, one every half second: they overlap and are one person's, so no sample of people. Of each:
a wobbling still, a pause and a loop. OUT is a folder of captures like any other:

    python -m training clip person.mp4 data/person
    python -m training evaluate --data data/person --split dev --out scores/clips/person
    python -m training robustness --data data/person --split dev --run scores/clips/person

A clip that anything was tuned on is dev; one that is test is scored once a release.
"""

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from model.bundle import default_path, ensure_bundle
from model.card import SamplingRule
from model.faces import LandmarkFinder
from model.video import VideoError
from training.clip_captures import Cut, cut_captures
from training.datasets.capture import SPLITS, write_group
from training.errors import TrainingError


class NotAClip(TrainingError):  # noqa: N818
    """A file that the service would not take either."""

    code = "not_a_clip"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("video", type=Path, help="H.264, VP8 or VP9 in MP4 or WebM, at most two minutes")
    parser.add_argument("out", type=Path, help="folder that receives the captures")
    parser.add_argument("--split", choices=SPLITS, default="dev", help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="of the attacks (default: %(default)s)")


def run(arguments: argparse.Namespace) -> None:
    """Raises NotAClip, NoPersonError."""
    cut = Cut(split=arguments.split, subject=arguments.video.stem, seed=arguments.seed)
    groups = 0
    with LandmarkFinder(ensure_bundle(default_path())) as finder:
        try:
            made = cut_captures(arguments.video.read_bytes(), cut, rule=SamplingRule(), finder=finder)
            for group in tqdm(made, "cutting", unit="capture"):
                write_group(arguments.out, group)
                groups += 1
        except (OSError, VideoError) as error:
            raise NotAClip(f"{arguments.video}: {error}") from error
    sys.stdout.write(f"{groups} bona fide captures and 3 attacks of each -> {arguments.out}\n")
