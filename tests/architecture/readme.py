"""The README's code blocks with what is written of each in the comment above it.

<!-- run -->                            run as printed; `run: exits with 0 or 1` where a verdict decides that
<!-- run: until URL answers -->         started, and left running for the blocks below
<!-- run-slow: LONG -> SHORT; note -->  run with the short form in the long one's place
<!-- show: reason -->                   not run, and why
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

README: Final = Path(__file__).parents[2] / "README.md"
_FENCE: Final = re.compile(
    r"^(?:<!-- (?P<tag>[^\n]+) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S
)
_TAG: Final = re.compile(r"(run-slow|run|show)(?:: (.+))?")
_UNTIL: Final = re.compile(r"until (\S+) answers")
_EXITS: Final = re.compile(r"exits with (\d)(?: or (\d))*")


class ReadmeError(ValueError):
    """A block that is not tagged, or not as it should be; the message has its line."""


@dataclass(frozen=True, slots=True)
class Block:
    line: int
    kind: str  # "run", "run-slow" or "show"
    said: str  # behind the colon
    language: str
    text: str

    @property
    def until(self) -> str | None:
        """The address that answers once a block that is left running is ready."""
        found = _UNTIL.search(self.said)
        return found and found[1]

    @property
    def exits(self) -> frozenset[int]:
        found = _EXITS.search(self.said)
        return frozenset(map(int, re.findall(r"\d", found[0]))) if found else frozenset({0})

    @property
    def short_forms(self) -> Mapping[str, str]:
        pairs = (part.split(" -> ") for part in self.said.split("; ") if " -> " in part)
        return {long.strip(): short.strip() for long, short in pairs}

    @property
    def runnable(self) -> str:
        """The text with the short forms in place. Raises ReadmeError where one has no place."""
        text = self.text
        for long, short in self.short_forms.items():
            if long not in text:
                raise ReadmeError(
                    f"line {self.line}: the block has no {long!r} to put {short!r} in its place"
                )
            text = text.replace(long, short)
        return text


def blocks(markdown: str) -> list[Block]:
    """Raises ReadmeError for a block without a tag, or one that is not known."""
    found = []
    for fence in _FENCE.finditer(markdown):
        line = markdown.count("\n", 0, fence.start("language")) + 1
        tag = _TAG.fullmatch(fence["tag"] or "")
        if tag is None:
            raise ReadmeError(
                f"line {line}: the block has no tag: run, run-slow or show, in a comment above it"
            )
        found.append(Block(line, tag[1], tag[2] or "", fence["language"], fence["text"]))
    return found
