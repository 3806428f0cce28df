"""python -m service: the service and its tools in a terminal; argument parsing only."""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

from service.commands import (
    bench,
    check,
    keys,
    open_images,
    serve,
    stream,
    triton_repository,
    verify_audit,
)

_EPILOG = """examples:
  python -m service serve                        on http://127.0.0.1:8000, with the shipped weights
  python -m service check clip.mp4               the same verdict in the terminal
  python -m service check clips/ --csv all.csv   a folder, into a table
  python -m service stream 0                     your camera, live, against a service that runs
  python -m service keys new shop --file keys.json   an API key for a backend
  python -m service bench                        what this machine can do: ms by stage, streams at once

`python -m service COMMAND --help` says more about each.
"""
_OF_CLIENTS = ("httpx", "websockets")
_INSTALL = "python -m pip install httpx websockets (the extra `client`)"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m service",
        description="Face liveness from short video: living face, or print, screen and replay.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=version("liveness-service"))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in (serve, check, stream, keys, bench, verify_audit, open_images, triton_repository):
        command.add_to(commands)
    parsed = parser.parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _OF_CLIENTS:
            raise
        print(
            f"this command is a client of the service, and {error.name} is missing: {_INSTALL}",
            file=sys.stderr,
        )
        return 2


if __name__ == "__main__":
    sys.exit(main())
