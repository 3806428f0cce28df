"""Replay-Attack: 1,200 videos of 50 clients before one webcam, 15 to train, 15 for dev, 20 to test.

Layout: `{train,devel,test}/real/clientNNN_session01_webcam_authenticate_LIGHT_TAKE.mov`,
`{train,devel,test}/attack/{fixed,hand}/attack_INSTRUMENT_clientNNN_session01_ORIGIN_{photo,video}_LIGHT.mov`,
and `face-locations/` with the same folders and names and `.face`: frame, left, top, width, height. Light is
controlled or adverse; the enrolment videos (`enroll/`) are not part of the protocol.
"""

import re
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Final

from training.datasets.sample import BONA_FIDE, BoxFormat, Listing, Presentation, Sample
from training.datasets.tree import WrongNameError, list_tree

NAME: Final = "replay-attack"
SPLITS: Final = {"train": "train", "devel": "dev", "test": "test"}
# fmt: off
CLIENTS: Final = {
    "train": (1, 2, 4, 6, 7, 8, 12, 16, 18, 25, 27, 103, 105, 108, 110),
    "devel": (3, 5, 10, 15, 17, 22, 29, 30, 101, 111, 113, 114, 116, 118, 119),
    "test": (9, 11, 13, 14, 19, 20, 21, 23, 24, 26, 28, 31, 102, 104, 106, 107, 109, 112, 115, 117),
}
# fmt: on
LIGHTS: Final = ("controlled", "adverse")
SUPPORTS: Final = ("fixed", "hand")
# instrument, where its picture came from, and what it shows
ATTACKS: Final = (
    ("print", "highdef", "photo"),
    ("mobile", "mobile", "photo"),
    ("mobile", "mobile", "video"),
    ("highdef", "highdef", "photo"),
    ("highdef", "highdef", "video"),
)

_REAL = re.compile(r"(\w+)/real/client(\d{3})_session01_webcam_authenticate_(controlled|adverse)_(\d)")
_ATTACK = re.compile(
    r"(\w+)/attack/(fixed|hand)/attack_(print|mobile|highdef)_client(\d{3})_session01_"
    r"(?:mobile|highdef)_(photo|video)_(controlled|adverse)"
)


def list_samples(root: Path) -> Listing:
    return list_tree(
        root, tuple(SPLITS), data_set=NAME, parse=parse, attach=lambda sample: _attach(root, sample)
    )


def parse(name: str) -> Presentation:
    """`devel/real/client003_session01_webcam_authenticate_adverse_1` -> factors. Raises WrongNameError."""
    if real := _REAL.fullmatch(name):
        folder, client, light, _ = real.groups()
        species = BONA_FIDE
    elif attack := _ATTACK.fullmatch(name):
        folder, _, instrument, client, content, light = attack.groups()
        species = f"{instrument}_{content}"
    else:
        raise WrongNameError("neither real/clientNNN_session01_webcam_... nor attack/{fixed,hand}/attack_...")
    if folder not in SPLITS or int(client) not in CLIENTS[folder]:
        raise WrongNameError(f"client {client} is not one of {folder}'s")
    return Presentation(
        name=name, split=SPLITS[folder], subject=client, session=light, camera="webcam", species=species
    )


def roster() -> tuple[Presentation, ...]:
    """The complete set, without files: two takes in each light, and each attack in each light and support."""
    real = [f"real/client{{:03d}}_session01_webcam_authenticate_{light}_{take}"
            for light, take in product(LIGHTS, (1, 2))]  # fmt: skip
    attacks = [
        f"attack/{support}/attack_{instrument}_client{{:03d}}_session01_{origin}_{content}_{light}"
        for support, (instrument, origin, content), light in product(SUPPORTS, ATTACKS, LIGHTS)
    ]
    return tuple(
        parse(f"{folder}/{form.format(client)}")
        for folder in SPLITS
        for client in CLIENTS[folder]
        for form in real + attacks
    )


def _attach(root: Path, sample: Sample) -> Sample:
    boxes = root / "face-locations" / f"{sample.name}.face"
    return replace(
        sample, boxes=boxes if boxes.is_file() else None, box_format=BoxFormat.LEFT_TOP_WIDTH_HEIGHT
    )
