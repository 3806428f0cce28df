"""python -m tests.bench [NAME...]: prints figures, and never fails on time.

Every ratio is of two measurements of the same run. What was measured, and on what, is in README.md.
"""

import argparse
import os
import sys

import cv2

from tests.bench import concurrency, cost, memory, stages

BENCHMARKS = {
    "cost": cost.main,
    "stages": stages.main,
    "memory": memory.main,
    "concurrency": concurrency.main,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all by default"
    )
    names = parser.parse_args().names or list(BENCHMARKS)
    if unknown := set(names) - set(BENCHMARKS):
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    cv2.setNumThreads(1)
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load average {load:.1f}")
    if load > 2.5:
        print("others use this machine now: absolute figures mean little, ratios less than usual")
    for name in names:
        BENCHMARKS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
