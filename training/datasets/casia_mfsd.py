"""CASIA-MFSD (CASIA-FASD): 600 videos of 50 subjects before three cameras.

Layout: `{train,test}_release/SUBJECT/{1..8,HR_1..HR_4}.avi`; subjects 1-20 train, and 1-30 of the test folder
are other people, numbered 21-50 here. Odd names are the normal camera's, even the low-quality one's, HR the
high-resolution one's (as Idiap's interface to the set reads them); the order is bona fide, warped photo,
photo with cut eyes, video. There is no dev split.
"""

import re
from itertools import product
from pathlib import Path
from typing import Final

from training.datasets.sample import BONA_FIDE, Listing, Presentation
from training.datasets.tree import WrongNameError, list_tree

NAME: Final = "casia-mfsd"
SPLITS: Final = {"train_release": "train", "test_release": "test"}
SUBJECTS: Final = {"train_release": range(1, 21), "test_release": range(1, 31)}
SPECIES: Final = (BONA_FIDE, "print_warped", "print_cut", "replay_tablet")
VIDEOS: Final = {
    **{str(2 * i + 1): ("normal", species) for i, species in enumerate(SPECIES)},
    **{str(2 * i + 2): ("low", species) for i, species in enumerate(SPECIES)},
    **{f"HR_{i + 1}": ("high", species) for i, species in enumerate(SPECIES)},
}

_FIRST_TEST_SUBJECT = 21


def list_samples(root: Path) -> Listing:
    return list_tree(root, tuple(SPLITS), data_set=NAME, parse=parse)


def parse(name: str) -> Presentation:
    """`train_release/7/HR_2` -> its factors. Raises WrongNameError."""
    form = re.fullmatch(r"(\w+)/(\d{1,2})/(\w+)", name)
    if form is None or form[1] not in SPLITS or form[3] not in VIDEOS:
        raise WrongNameError("not SUBJECT/VIDEO with one of " + ", ".join(VIDEOS))
    folder, number, video = form.groups()
    if int(number) not in SUBJECTS[folder]:
        raise WrongNameError(f"subject {number} is not one of 1 to {SUBJECTS[folder][-1]}")
    offset = 0 if SPLITS[folder] == "train" else _FIRST_TEST_SUBJECT - 1
    camera, species = VIDEOS[video]
    return Presentation(
        name=name,
        split=SPLITS[folder],
        subject=f"{int(number) + offset:02d}",
        session="",
        camera=camera,
        species=species,
    )


def roster() -> tuple[Presentation, ...]:
    """The complete set, without files."""
    return tuple(
        parse(f"{folder}/{subject}/{video}")
        for folder in SPLITS
        for subject, video in product(SUBJECTS[folder], VIDEOS)
    )
