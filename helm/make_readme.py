"""Writes the table of values into the chart's README: python helm/make_readme.py

A value is described by the comment above it in values.yaml, and nowhere else.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

CHART: Final = Path(__file__).parent / "liveness"
_MARKED: Final = re.compile(r"(<!-- values -->\n).*(\n<!-- /values -->)", re.DOTALL)
_KEY: Final = re.compile(r"( *)(\w+):(.*)")


def described(text: str) -> Iterator[tuple[str, str]]:
    """Each value's path and comment, in the order of the file."""
    values, path, comment, inside = yaml.safe_load(text), [], [], None
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("#"):
            comment.append(stripped.removeprefix("#").strip())
            continue
        key = _KEY.match(line)
        if key and (inside is None or len(key[1]) <= inside):
            path = [*path[: len(key[1]) // 2], key[2]]
            inside = len(key[1]) if key[3] or _is_list(values, path) else None
            if inside is not None:
                yield ".".join(path), " ".join(comment)
        comment = []


def _is_list(values: dict[str, Any], path: list[str]) -> bool:
    return isinstance(_lookup(values, ".".join(path)), list)


def _lookup(values: dict[str, Any], path: str) -> Any:
    for key in path.split("."):
        values = values[key]
    return values


def table(text: str) -> str:
    values = yaml.safe_load(text)
    rows = [
        f"| `{path}` | `{json.dumps(_lookup(values, path))}` | {comment.replace('|', '&#124;')} |"
        for path, comment in described(text)
    ]
    return "\n".join(["| value | default | |", "|---|---|---|", *rows])


def readme(chart: Path) -> str:
    """The README with the table as values.yaml has it now."""
    made = table((chart / "values.yaml").read_text())
    return _MARKED.sub(lambda found: found[1] + made + found[2], (chart / "README.md").read_text())


if __name__ == "__main__":
    (CHART / "README.md").write_text(readme(CHART))
