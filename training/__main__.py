"""The command line of training."""

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version

from model.bundle import BundleError
from model.card import CardError
from training import commands
from training.datasets.sample import DataSetError
from training.errors import TrainingError
from training.parity import DriftError


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its status: 2 where a person can put right what went wrong."""
    words = list(sys.argv[1:] if argv is None else argv)
    arguments = _parser(words).parse_args(words)
    try:
        with _stopped_alike():
            status: int | None = arguments.run(arguments)
    except (TrainingError, DataSetError, CardError, BundleError, DriftError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    return status or 0


@contextmanager
def _stopped_alike() -> Iterator[None]:
    """SIGTERM ends a command as Ctrl-C does: what was done is kept, and its processes end with it."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """Imports only the command that is asked for, or all of them for the overview."""
    parser = argparse.ArgumentParser(
        prog="python -m training",
        description="Makes captures, trains the network on them, measures it, exports it.",
        epilog="A first run: `synthesise DIR`, `train --data DIR --run RUN`, `export --data DIR --run RUN`.",
    )
    parser.add_argument("--version", action="version", version=version("liveness-service"))
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    known = commands.names()
    for name in [word for word in words[:1] if word in known] or known:
        command = commands.load(name)
        assert command.__doc__ is not None
        summary = command.__doc__.strip().splitlines()[0]
        subparser = subparsers.add_parser(
            name,
            help=summary.removesuffix("."),
            description=command.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
