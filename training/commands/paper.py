"""Repeats an experiment of the paper on captures of yours, beside the paper's own figures.

DATA is any folder of captures: synthesised, or a data set that `label` converted. Each experiment trains its
variants alike, takes the threshold from dev and counts errors on test, by the mean score of a few windows of
each capture (no gates, no verdict rule; attacks of time alone, which the paper has not, are left out). Writes
a table (CSV) and a figure (PNG) into RUN. What is done is not done again: stop with Ctrl-C, and the same
command goes on; experiments in one RUN share what they train alike.

--preset paper has the paper's sizes and schedule and needs a GPU. The others are for a processor; part of
what their second stage learns from are the service's own attacks in time, which the paper has not, and
`compact` moves the backbone in it, which the paper freezes. `train --help` says how long they take.

    python -m training paper ablation --data data/oulu --run runs/paper --preset paper --protocols 3_1 3_2

The paper's other results have commands of their own: `train --protocol`, `export`, `evaluate` and `report`
for intra-set tests (Tables 3, 4), `hard-samples` for depth maps (figure 8).
"""

import argparse
from types import ModuleType

from training.paper import ablation, alpha, cross, depth, interval, tsne

_EXPERIMENTS: tuple[ModuleType, ...] = (ablation, alpha, interval, depth, cross, tsne)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    subparsers = parser.add_subparsers(metavar="EXPERIMENT", required=True)
    for each in _EXPERIMENTS:
        assert each.__doc__ is not None
        subparser = subparsers.add_parser(
            each.__name__.rpartition(".")[2],
            help=each.__doc__.strip().splitlines()[0].removesuffix("."),
            description=each.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        each.add_arguments(subparser)
        subparser.set_defaults(experiment=each.run)


def run(arguments: argparse.Namespace) -> None:
    """Raises NoCaptures, DataSetError, RunMismatch."""
    arguments.experiment(arguments)
