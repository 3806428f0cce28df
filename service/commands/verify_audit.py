"""python -m service verify-audit: whether an audit file is what was written."""

import argparse
from pathlib import Path
from typing import Final

from rich.console import Console

from service.audit import BrokenChain, verify
from service.commands import Commands

_BROKEN: Final = 1
_FAILED: Final = 2
_MORE: Final = """examples:
  LIVENESS_AUDIT_FILE=audit.jsonl python -m service serve
  python -m service verify-audit audit.jsonl

Each line holds the hash of the line before. Whoever can write the whole file can write a whole new chain:
keep the newest hash, which this command prints, where the service cannot reach it, and compare.

Exit codes: 0 whole, 1 broken, 2 not readable.
"""


def add_to(commands: Commands) -> None:
    parser = commands.add_parser(
        "verify-audit",
        help="check the hash chain of an audit file",
        description="Says whether a line of an audit file was changed, taken out or put in.",
        epilog=_MORE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    console = Console(highlight=False, soft_wrap=True)
    try:
        count, newest = verify(parsed.file)
    except OSError as error:
        console.print(f"{parsed.file}: {error.strerror}", markup=False)
        return _FAILED
    except BrokenChain as error:
        console.print(f"BROKEN  {parsed.file}, {error}", markup=False)
        return _BROKEN
    console.print(f"whole   {count} lines, newest {newest}", markup=False)
    return 0
