"""What preparing assets leaves: files that are whole or not there, and a count of what became of them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(slots=True)
class Prepared:
    """What became of the assets of one kind."""

    made: int = 0
    kept: int = 0
    refused: dict[str, str] = field(default_factory=dict)  # file -> reason
    outdated: dict[str, str] = field(default_factory=dict)  # kept, though it would be refused now


def save_arrays(target: Path, arrays: dict[str, Any]) -> None:
    """An npz that never stands there half written."""
    partial = target.with_suffix(".partial")
    with partial.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    partial.rename(target)
