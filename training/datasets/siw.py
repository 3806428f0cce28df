"""SiW, Spoof in the Wild: 4,478 videos of 165 subjects, 90 to train and 75 to test.

Layout: `{Train,Test}/{live,spoof}/SUBJECT/SUBJECT-SENSOR-TYPE-MEDIUM-SESSION.mov` (or .mp4; the set's page
writes underscores between the numbers), with a `.face` of that name: a row for each frame with the corners of
the face's box. Type 1 is live, 2 print, 3 replay; each subject has 8 live videos and up to 20 spoofs (on
average 19). There is no dev split: `training.datasets.splits` holds out training subjects.
"""

import re
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Final

from training.datasets.sample import BONA_FIDE, BoxFormat, Listing, Presentation, Sample
from training.datasets.tree import WrongNameError, beside, list_tree

NAME: Final = "siw"
SPLITS: Final = {"Train": "train", "Test": "test"}
# fmt: off
TEST_SUBJECTS: Final = frozenset((
    1, 2, 4, 5, 8, 9, 10, 12, 13, 15, 18, 19, 20, 21, 23, 24, 25, 26, 27, 29, 31, 36, 37, 39, 43, 44, 48, 49,
    50, 52, 53, 57, 59, 61, 64, 65, 66, 67, 71, 73, 75, 79, 82, 83, 84, 85, 87, 88, 90, 94, 95, 97, 102, 106,
    108, 109, 110, 114, 116, 118, 122, 124, 125, 126, 130, 132, 137, 138, 139, 141, 142, 153, 154, 158, 161,
))
# fmt: on
SUBJECTS: Final = {"train": frozenset(range(1, 166)) - TEST_SUBJECTS, "test": TEST_SUBJECTS}

_FORM = re.compile(r"(\d{3})[-_]([12])[-_]([123])[-_](\d)[-_](\d)")
_KINDS = {"1": "live", "2": "print", "3": "replay"}


def list_samples(root: Path) -> Listing:
    return list_tree(root, tuple(SPLITS), data_set=NAME, parse=parse, attach=_attach)


def parse(name: str) -> Presentation:
    """`Train/spoof/003/003-1-2-1-1` -> its factors. Raises WrongNameError."""
    parts = name.split("/")
    form = _FORM.fullmatch(parts[-1])
    if form is None or len(parts) != 4 or parts[0] not in SPLITS:
        raise WrongNameError("not {live,spoof}/SUBJECT/SUBJECT-SENSOR-TYPE-MEDIUM-SESSION, e.g. 003-1-1-1-1")
    subject, sensor, kind, medium, session = form.groups()
    if parts[2] != subject:
        raise WrongNameError(f"subject {subject} lies in the folder of subject {parts[2]}")
    if (parts[1] == "live") != (_KINDS[kind] == "live"):
        raise WrongNameError(f"type {kind} is {_KINDS[kind]}, but lies under {parts[1]}")
    if int(subject) not in SUBJECTS[SPLITS[parts[0]]]:
        raise WrongNameError(f"subject {subject} is not one of {parts[0]}'s")
    species = BONA_FIDE if kind == "1" else f"{_KINDS[kind]}_{medium}"
    return Presentation(
        name=name,
        split=SPLITS[parts[0]],
        subject=subject,
        session=session,
        camera=sensor,
        species=species,
    )


def roster() -> tuple[Presentation, ...]:
    """The set as designed, without files: 8 live videos and 20 spoofs of each subject.

    Live: 2 sensors, 2 light conditions, 2 motions. Spoofs: 2 prints in 2 sessions before one sensor, 4 replay
    media in 2 sessions before both. What was published lacks some of these and has a few others.
    """
    live = [f"{sensor}-1-{light}-{motion}" for sensor, light, motion in product((1, 2), (1, 2), (1, 2))]
    prints = [f"1-2-{medium}-{session}" for medium, session in product((1, 2), (1, 2))]
    replays = [f"{sensor}-3-{m}-{session}" for sensor, m, session in product((1, 2), (1, 2, 3, 4), (1, 2))]
    return tuple(
        parse(f"{folder}/{kind}/{subject:03d}/{subject:03d}-{rest}")
        for folder, split in SPLITS.items()
        for subject in sorted(SUBJECTS[split])
        for kind, videos in (("live", live), ("spoof", prints + replays))
        for rest in videos
    )


def _attach(sample: Sample) -> Sample:
    return replace(sample, boxes=beside(sample, ".face"), box_format=BoxFormat.CORNERS)
