"""python -m tests.soak {soak,overload}: long loads on a service of their own, recorded in README.md."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from tests.soak import overload, soak
from tests.soak.record import write

README = Path(__file__).parent / "README.md"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name, minutes, about in (
        ("soak", 20.0, "mixed load while decoding processes are killed"),
        ("overload", 1.0, "five times as many clips and sessions as are taken"),
    ):
        verb = verbs.add_parser(name, help=about)
        given = float(os.environ.get(f"{name.upper()}_MINUTES", minutes))
        verb.add_argument("--minutes", type=float, default=given, help=f"of load ({minutes:g})")
        verb.add_argument("--no-record", action="store_true", help="print only")
    parsed = parser.parse_args()
    run = {"soak": soak.run, "overload": overload.run}[parsed.verb]
    rows, good = asyncio.run(run(60 * parsed.minutes))
    for name, value in rows:
        print(f"{name:<48} {value}")
    if not parsed.no_record:
        write(README, parsed.verb, rows)
        print(f"written into {README.name}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
