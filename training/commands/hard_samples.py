"""Draws the depth maps of the captures that went wrong, for the report.

Reads RUN, as `evaluate` wrote it, takes the attacks accepted with the highest scores and the bona fide
captures rejected with the lowest, judges them again and writes RUN/depth/*.png: the face, its coarse,
temporal and refined depth, from the top. Captures that look like a child are left out.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from model.judge import judge_clip
from model.quality import QualityGates
from training.arguments import add_weights
from training.evaluate import as_clip
from training.judging import judging
from training.report.depth import depth_picture, file_name, find_captures, write_picture
from training.report.evidence import read_evaluation
from training.report.results import Results


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, help="folder of captures that RUN was scored on")
    parser.add_argument("--run", type=Path, required=True, dest="folder", help="folder of scores to add to")
    add_weights(parser)
    parser.add_argument("--count", type=int, default=4, help="of each kind (default: %(default)s)")


def run(arguments: argparse.Namespace) -> None:
    """Raises EvidenceError, TableError, NoGraphs, CardError."""
    results = Results(read_evaluation(arguments.folder, name="network"))
    rows = [row for kind in results.hardest(arguments.count) for row in kind]
    written, gates = 0, QualityGates()
    with judging(arguments.weights) as ours:
        for row, capture in find_captures(arguments.data, "test", rows):
            clip = as_clip(capture)
            judgement = asyncio.run(judge_clip(clip, faces=ours.faces, engine=ours.engine, gates=gates))
            picture = depth_picture(judgement)
            if picture is not None:
                write_picture(picture, arguments.folder / "depth" / file_name(row))
                written += 1
    sys.stdout.write(f"{written} of {len(rows)} pictures written to {arguments.folder / 'depth'}\n")
