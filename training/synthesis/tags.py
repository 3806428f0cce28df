"""What the portraits look like: age group, glasses, headwear, beard, and what makes a picture no head.

Annotations by eye (portrait_tags.csv): how synthetic pictures look, not what anybody is. They say whom
results hold for, keep unusable pictures from becoming heads, and keep pictures of children from being shown.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

TAGS: Final = Path(__file__).parent / "portrait_tags.csv"


class AgeGroup(StrEnum):
    """Apparent age."""

    CHILD = "child"  # could be under 18; in doubt so
    YOUNG = "young"  # to about 35
    ADULT = "adult"
    OLD = "old"  # from about 60


class Tag(StrEnum):
    GLASSES = "glasses"
    HEADWEAR = "headwear"
    BEARD = "beard"  # or moustache; not stubble
    HEADPHONES = "headphones"
    FACE_PAINT = "face_paint"
    EYES_CLOSED = "eyes_closed"
    TONGUE_OUT = "tongue_out"
    SUNGLASSES = "sunglasses"  # or tinted so that the eyes are hard to see
    HAND = "hand"  # at the face or before it
    COVERED = "covered"  # part of the face, by cloth or something printed on the picture
    PAINTING = "painting"  # drawn, painted or a figure: no photograph of a person


_NO_HEAD: Final = {
    Tag.SUNGLASSES: "sunglasses",
    Tag.HAND: "a hand at the face",
    Tag.COVERED: "part of the face is covered",
    Tag.PAINTING: "painted, no photograph of a person",
}
_FACTORS: Final = (Tag.GLASSES, Tag.HEADWEAR, Tag.BEARD)


@dataclass(frozen=True, slots=True)
class PortraitTags:
    """One portrait as an annotator saw it."""

    age_group: AgeGroup
    tags: frozenset[Tag]

    @property
    def no_head(self) -> str | None:
        """Why the picture must not become a head; None where it may."""
        return next((reason for tag, reason in _NO_HEAD.items() if tag in self.tags), None)

    def factors(self) -> dict[str, str]:
        """What captures of this face tell about it: `age_group`, and yes or no to the others."""
        seen = {str(tag): "yes" if tag in self.tags else "no" for tag in _FACTORS}
        return {"age_group": str(self.age_group)} | seen


def read_tags(path: Path) -> dict[str, PortraitTags]:
    """A table of tags by portrait. Raises ValueError for an unknown tag or age group."""
    with path.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    return {
        row["name"]: PortraitTags(
            AgeGroup(row["age_group"]), frozenset(Tag(each) for each in row["tags"].split())
        )
        for row in rows
    }


@cache
def portrait_tags() -> Mapping[str, PortraitTags]:
    """The tags of the portraits that assets.toml names."""
    return read_tags(TAGS)


def may_be_shown(subject: str, factors: Mapping[str, object]) -> bool:
    """False for what looks like a child: such pictures train, but go on no sheet and no page.

    Captures made before they told an age group are recognised by their subject's name.
    """
    known = portrait_tags().get(subject)
    age = factors.get("age_group", known.age_group if known else None)
    return age != AgeGroup.CHILD
