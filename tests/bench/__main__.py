"""python -m tests.bench [NAME...]: prints figures, and never fails on time.

Every ratio is of measurements that alternate in the same run. What each benchmark measures is in README.md.
"""

import argparse
import os
import sys
import time
from pathlib import Path

import cv2
from rich.console import Console

from tests.bench import (
    batching,
    clips,
    cost,
    growth,
    hostile,
    int8,
    layouts,
    memory,
    overload,
    providers,
    sessions,
    stages,
)
from tests.bench.film import CLIP, stored
from tests.bench.options import Benchmark, Options
from tests.bench.readme import machine, write

BENCHMARKS: dict[str, Benchmark] = {
    "cost": cost.run,
    "stages": stages.run,
    "clips": clips.run,
    "sessions": sessions.run,
    "overload": overload.run,
    "hostile": hostile.run,
    "batching": batching.run,
    "layouts": layouts.run,
    "providers": providers.run,
    "int8": int8.run,
    "memory": memory.run,
    "growth": growth.run,
}


def main() -> int:
    parser = _parser()
    parsed = parser.parse_args()
    names = parsed.names or list(BENCHMARKS)
    if unknown := set(names) - set(BENCHMARKS):
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    cv2.setNumThreads(1)
    console, measured_on = Console(width=130), machine()
    console.print(measured_on)
    if os.getloadavg()[0] > 2.5:
        console.print("others use this machine now: absolute figures mean little, ratios less than usual")
    options = _options(parsed, console)
    began = time.monotonic()
    for i, name in enumerate(names, 1):
        console.rule(f"{name} ({i} of {len(names)}, {time.monotonic() - began:.0f} s so far)", align="left")
        tables = []
        for table in BENCHMARKS[name](options):
            table.show(console)
            tables.append(table)
        if parsed.write and tables:
            write(name, tables, measured_on)
    return 0


def _options(parsed: argparse.Namespace, console: Console) -> Options:
    clip = parsed.clip or (CLIP if CLIP.is_file() else None)
    if clip is None:
        console.print(
            "no clip: a photograph is moved instead; `make clips` fetches one, --clip names another"
        )
    return Options(
        film=stored(clip),
        quick=parsed.quick,
        pythons={name: Path(path) for name, _, path in (each.partition("=") for each in parsed.python)},
        captures=parsed.captures,
        say=lambda what: console.print(f"  {what}", style="dim"),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all by default"
    )
    parser.add_argument("--clip", type=Path, help=f"video of one face to stream ({CLIP} where it is)")
    parser.add_argument("--write", action="store_true", help="put the figures into tests/bench/README.md")
    parser.add_argument("--quick", action="store_true", help="only whether it works: the figures mean little")
    parser.add_argument(
        "--python",
        action="append",
        default=[],
        metavar="NAME=PATH",
        help="interpreter of another environment for `providers`, such as one with onnxruntime-openvino",
    )
    parser.add_argument(
        "--captures", type=Path, help="folder of captures, whose dev split `int8` compares error rates on"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
