"""DMAD, the paper's Double-modal Anti-spoofing Dataset: 2,700 RGB and depth videos of 300 subjects.

Section 4 and Table 1 of the paper: a RealSense SR300, three sessions, in each one bona fide video, one print
and one replay; subjects 1-100 train, 101-200 dev, 201-300 test, and the instruments' material differs between
them. The set was never released and the paper gives no layout; this one is ours, named as the paper's code
names frames: `{Train,Dev,Test}/SUBJECT_SESSION_ACCESS/SUBJECT_SESSION_ACCESS_001_scene.jpg` with the depth of
the same picture in `..._001_depth.png` (16 bit, millimetres, 0 where nothing was measured). Access 1 is bona
fide, 2 print, 3 replay.
"""

import re
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Final

from training.datasets.sample import BONA_FIDE, DepthFormat, Listing, Presentation, Sample
from training.datasets.tree import WrongNameError, list_tree

NAME: Final = "dmad"
SPLITS: Final = {"Train": "train", "Dev": "dev", "Test": "test"}
SUBJECTS: Final = {"train": range(1, 101), "dev": range(101, 201), "test": range(201, 301)}
SPECIES: Final = {  # by access, from 1
    "train": (BONA_FIDE, "print_a4", "replay_amoled"),
    "dev": (BONA_FIDE, "print_coated", "replay_oled"),
    "test": (BONA_FIDE, "print_poster", "replay_ips_tft"),
}

_FORM = re.compile(r"(\w+)/(\d{3})_([1-3])_([1-3])")


def list_samples(root: Path) -> Listing:
    return list_tree(root, tuple(SPLITS), data_set=NAME, parse=parse, attach=_attach)


def parse(name: str) -> Presentation:
    """`Train/001_1_1` -> its factors. Raises WrongNameError."""
    form = _FORM.fullmatch(name)
    if form is None or form[1] not in SPLITS:
        raise WrongNameError("not SUBJECT_SESSION_ACCESS, e.g. 001_1_1")
    folder, subject, session, access = form.groups()
    split = SPLITS[folder]
    if int(subject) not in SUBJECTS[split]:
        raise WrongNameError(f"subject {subject} is not one of {folder}'s")
    return Presentation(
        name=name,
        split=split,
        subject=subject,
        session=session,
        camera="sr300",
        species=SPECIES[split][int(access) - 1],
    )


def roster() -> tuple[Presentation, ...]:
    """The complete set, without files."""
    return tuple(
        parse(f"{folder}/{subject:03d}_{session}_{access}")
        for folder, split in SPLITS.items()
        for subject, session, access in product(SUBJECTS[split], (1, 2, 3), (1, 2, 3))
    )


def _attach(sample: Sample) -> Sample:
    has_depth = sample.path.is_dir() and next(sample.path.glob("*_depth.png"), None) is not None
    return replace(sample, depth_format=DepthFormat.MILLIMETRES if has_depth else None)
