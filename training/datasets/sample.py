"""One type for every data set: who is shown to which camera, as what, and where the pictures lie."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

BONA_FIDE: Final = "bona_fide"


class DataSetError(ValueError):
    """A data set that cannot be read at all; the message says what to do."""


class BoxFormat(StrEnum):
    """How a data set writes down where the face is; see `training.datasets.boxes`."""

    LEFT_TOP_WIDTH_HEIGHT = "frame left top width height"
    CORNERS = "left top right bottom"
    NUMBERED_CORNERS = "frame,left,top,right,bottom"
    EYES = "frame,x,y,x,y"


class DepthFormat(StrEnum):
    """What a data set's depth pictures hold; see `training.datasets.footage`."""

    RELIEF = "8 bit, 255 nearest, 0 off the face"
    MILLIMETRES = "16 bit, millimetres from the camera, 0 not measured"


@dataclass(frozen=True, kw_only=True, slots=True)
class Presentation:
    """The factors of one video, in OULU-NPU's terms; protocols choose by them, with or without files."""

    name: str  # unique in its data set: the path below the root, without suffix
    split: str  # train, dev or test
    subject: str
    session: str  # light and background; "" where the data set does not tell
    camera: str
    species: str  # of the attack instrument; BONA_FIDE for a living face
    physics: str = ""  # the instrument's variant, parts joined by "/"; "" where the data set does not tell

    @property
    def bona_fide(self) -> bool:
        return self.species == BONA_FIDE


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample(Presentation):
    """A presentation that lies on disk."""

    data_set: str
    path: Path  # a video, a folder of extracted frames, or (own format) a group of captures
    member: int = 0  # position in a group of captures
    boxes: Path | None = None  # where the face is, as the data set ships it
    box_format: BoxFormat | None = None
    depth_format: DepthFormat | None = None  # with a depth picture beside each extracted frame


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a tree, in one line."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Listing:
    """What a reader found: the samples that can be used, and everything that was wrong on the way."""

    samples: tuple[Sample, ...]
    problems: tuple[Problem, ...] = ()


def counts(presentations: Iterable[Presentation]) -> dict[str, tuple[int, int]]:
    """Bona fide and attack presentations of each split that has any."""
    found: dict[str, tuple[int, int]] = {}
    for each in presentations:
        bona_fide, attacks = found.get(each.split, (0, 0))
        found[each.split] = (bona_fide + each.bona_fide, attacks + (not each.bona_fide))
    return found
