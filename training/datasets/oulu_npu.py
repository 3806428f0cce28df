"""OULU-NPU: 4,950 videos of 55 subjects before six phones in three sessions.

Layout: `{Train,Dev,Test}_files/PHONE_SESSION_USER_ACCESS.avi` with the eyes' positions in a `.txt` of that
name, and `Protocols/Protocol_N/{Train,Dev,Test}[_FOLD].txt` with lines `+1,1_1_01_1`. Access 1 is bona fide,
2 and 3 are prints, 4 and 5 displays; users 1-20 train, 21-35 dev, 36-55 test. Folders of extracted frames
(`NAME/NAME_001_scene.jpg`, `.dat`, `_depth1D.jpg`: the layout of the paper's released code) do as well.
"""

import re
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Final

from training.datasets.oulu_lists import check_lists
from training.datasets.sample import BONA_FIDE, BoxFormat, DepthFormat, Listing, Presentation, Sample
from training.datasets.tree import WrongNameError, beside, list_tree

NAME: Final = "oulu-npu"
FOLDERS: Final = {"Train_files": "train", "Dev_files": "dev", "Test_files": "test"}
SUBJECTS: Final = {"train": range(1, 21), "dev": range(21, 36), "test": range(36, 56)}
SPECIES: Final = (BONA_FIDE, "print_1", "print_2", "display_1", "display_2")  # by access, from 1

_FORM = re.compile(r"([1-6])_([1-3])_(\d\d)_([1-5])")


def list_samples(root: Path) -> Listing:
    """Everything under `root`; where it has `Protocols`, the lists are compared with our tables."""
    listing = list_tree(root, tuple(FOLDERS), data_set=NAME, parse=parse, attach=_attach)
    return Listing(listing.samples, (*listing.problems, *check_lists(root / "Protocols", listing.samples)))


def parse(name: str) -> Presentation:
    """`Train_files/1_1_01_1` -> its factors. Raises WrongNameError."""
    folder, _, video = name.rpartition("/")
    form = _FORM.fullmatch(video)
    if form is None or folder not in FOLDERS:
        raise WrongNameError("not PHONE_SESSION_USER_ACCESS, e.g. 1_1_01_1")
    camera, session, user, access = form.groups()
    split = FOLDERS[folder]
    if int(user) not in SUBJECTS[split]:
        raise WrongNameError(
            f"user {user} is not one of {split}'s, {SUBJECTS[split][0]} to {SUBJECTS[split][-1]}"
        )
    return Presentation(
        name=name, split=split, subject=user, session=session, camera=camera, species=SPECIES[int(access) - 1]
    )


def roster() -> tuple[Presentation, ...]:
    """The complete set, without files."""
    return tuple(
        parse(f"{folder}/{phone}_{session}_{user:02d}_{access}")
        for folder, split in FOLDERS.items()
        for user, session, phone, access in product(SUBJECTS[split], (1, 2, 3), range(1, 7), range(1, 6))
    )


def _attach(sample: Sample) -> Sample:
    if sample.path.is_dir():
        has_depth = next(sample.path.glob("*_depth1D.jpg"), None) is not None
        return replace(sample, depth_format=DepthFormat.RELIEF if has_depth else None)
    return replace(sample, boxes=beside(sample, ".txt"), box_format=BoxFormat.EYES)
