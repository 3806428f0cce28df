"""What was measured, on what, in its place in a Markdown file."""

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

Rows: TypeAlias = list[tuple[str, str]]


def write(path: Path, name: str, rows: Rows) -> None:
    """Replaces what stands between `<!-- NAME -->` and `<!-- /NAME -->`."""
    load = os.getloadavg()[0]
    today = datetime.now(UTC).date()
    head = f"{today}, {platform.machine()}, {os.cpu_count()} cores, load average {load:.1f} at the end."
    lines = [head, "", "| what | |", "|---|---|", *(f"| {what} | {value} |" for what, value in rows)]
    marked = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    text, count = marked.subn(lambda found: f"{found[1]}{chr(10).join(lines)}\n{found[2]}", path.read_text())
    assert count == 1, f"{path} has no place for {name}"
    path.write_text(text)
