"""Writes what was found into README.md, between the marks of each benchmark."""

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import onnxruntime

from tests.bench.tables import Table

README = Path(__file__).with_name("README.md")


def machine() -> str:
    """What the figures were measured on."""
    info = Path("/proc/cpuinfo")
    models = re.findall(r"model name\s*: (.*)", info.read_text()) if info.is_file() else []
    load = os.getloadavg()[0]
    day = datetime.now(UTC).date()
    return (
        f"{day}, {os.cpu_count()} cores ({models[0] if models else 'unknown'}), load average {load:.1f} "
        f"before, ONNX Runtime {onnxruntime.__version__}"
    )


def write(name: str, tables: Sequence[Table], measured_on: str, path: Path = README) -> None:
    """Replaces the figures of one benchmark; what the file says of others stays.

    Raises ValueError where the file has no place for them.
    """
    begin, end = f"<!-- figures of {name} -->", f"<!-- end of {name} -->"
    before, found, rest = path.read_text().partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"{path} has no {begin} ... {end}")
    figures = "\n\n".join(table.markdown() for table in tables)
    path.write_text(f"{before}{begin}\n*{measured_on}*\n\n{figures}\n{end}{after}")
