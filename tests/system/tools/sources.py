"""Asking sources that may be out of reach for a moment."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

PAUSES: Final = (5.0, 30.0)  # seconds before the second and the third attempt
_PATIENCE: Final = 900.0  # seconds for one command; the largest download is of 330 MB


class ToolsError(Exception):
    """What cannot be had; the message says what was tried, or what to do."""


def run(*command: str, folder: Path | None = None) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=_PATIENCE)


def persistently(attempt: Callable[[], None], *, pauses: tuple[float, ...] = PAUSES) -> None:
    """Tries once more after each pause. Raises ToolsError, at once where no further attempt would help."""
    for pause in (*pauses, None):
        try:
            attempt()
        except FileNotFoundError as error:
            raise ToolsError(str(error)) from error
        except (OSError, subprocess.SubprocessError) as error:
            if pause is None:
                raise ToolsError(str(error)) from error
            sys.stderr.write(f"{error}: once more in {pause:g} s\n")
            time.sleep(pause)
        else:
            return
