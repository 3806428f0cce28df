"""The verbs of `python -m service`, one module each: `add_to(commands)` declares it, `run(parsed)` does it.

They import what they need when they run, so that `--help` answers at once.
"""

import argparse
from typing import Any, TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[Any]"
