"""python -m tests.system.tools [GROUP ...]: gets the tools that `make test-system` needs, where they lack."""

import argparse
import subprocess
import sys

from tests.system.tools.catalogue import CACHE
from tests.system.tools.install import GROUPS, install


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.system.tools", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)}; all by default")
    for group in parser.parse_args().groups or GROUPS:
        if group not in GROUPS:
            parser.error(f"no group {group!r}; there are {', '.join(GROUPS)}")
        try:
            done = install(group, CACHE)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"{group}: {error}", file=sys.stderr)
            return 1
        print(f"{group}: {'installed' if done else 'already there'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
