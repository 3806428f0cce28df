"""python -m tests.system.tools [GROUP ...]: gets the tools that `make test-system` needs, where they lack."""

import argparse
import sys

from tests.system.tools.catalogue import CACHE
from tests.system.tools.install import GROUPS, install
from tests.system.tools.sources import ToolsError


def main() -> int:
    """1 where a group could not be had: the others are there, and its tests say what they miss."""
    parser = argparse.ArgumentParser(prog="python -m tests.system.tools", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)}; all by default")
    wanted = parser.parse_args().groups or list(GROUPS)
    if unknown := set(wanted) - GROUPS.keys():
        parser.error(f"no group {sorted(unknown)[0]!r}; there are {', '.join(GROUPS)}")
    return 0 if all([_had(group) for group in wanted]) else 1


def _had(group: str) -> bool:
    try:
        done = install(group, CACHE)
    except ToolsError as error:
        print(f"{group}: {error}", file=sys.stderr)
        return False
    print(f"{group}: {'installed' if done else 'already there'}")
    return True


if __name__ == "__main__":
    sys.exit(main())
