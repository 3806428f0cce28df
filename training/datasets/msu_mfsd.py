"""MSU-MFSD: 280 videos of 35 clients before a laptop and an Android phone, 15 to train and 20 to test.

Layout: `scene01/real/real_clientNNN_{laptop,android}_SD_scene01.{mov,mp4}`,
`scene01/attack/attack_clientNNN_{laptop,android}_SD_{ipad_video,iphone_video,printed_photo}_scene01.{mov,mp4}`,
each with a `.face` of the same name (frame, left, top, right, bottom and the eyes, between commas);
`train_sub_list.txt` and `test_sub_list.txt` beside `scene01` say who belongs to which split. There is no dev
split.
"""

import re
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Final

from training.datasets.sample import BONA_FIDE, BoxFormat, Listing, Presentation, Problem, Sample
from training.datasets.tree import WrongNameError, beside, list_tree

NAME: Final = "msu-mfsd"
CLIENTS: Final = {
    "train": (2, 3, 5, 6, 7, 8, 9, 11, 12, 21, 22, 34, 53, 54, 55),
    "test": (1, 13, 14, 23, 24, 26, 28, 29, 30, 32, 33, 35, 36, 37, 39, 42, 48, 49, 50, 51),
}
CAMERAS: Final = ("laptop", "android")
SPECIES: Final = {"ipad_video": "replay_tablet", "iphone_video": "replay_phone", "printed_photo": "print"}

_FORM = re.compile(
    r"scene01/(?:real/real|attack/attack)_client(\d{3})_(laptop|android)_SD_"
    r"(?:(ipad_video|iphone_video|printed_photo)_)?scene01"
)


def list_samples(root: Path) -> Listing:
    listing = list_tree(root, ("scene01",), data_set=NAME, parse=parse, attach=_attach)
    problems = [problem for split in CLIENTS for problem in _check_list(root, split)]
    return Listing(listing.samples, (*listing.problems, *problems))


def parse(name: str) -> Presentation:
    """`scene01/real/real_client001_android_SD_scene01` -> its factors. Raises WrongNameError."""
    form = _FORM.fullmatch(name)
    if form is None or (form[3] is None) != name.startswith("scene01/real/"):
        raise WrongNameError(
            "neither real/real_clientNNN_CAMERA_SD_scene01 nor attack/attack_..._INSTRUMENT_scene01"
        )
    client, camera, instrument = form.groups()
    split = next((split for split, clients in CLIENTS.items() if int(client) in clients), None)
    if split is None:
        raise WrongNameError(f"the set has no client {client}")
    species = SPECIES[instrument] if instrument else BONA_FIDE
    return Presentation(name=name, split=split, subject=client, session="", camera=camera, species=species)


def roster() -> tuple[Presentation, ...]:
    """The complete set, without files."""
    attacks = [f"attack/attack_client{{:03d}}_{{}}_SD_{each}_scene01" for each in SPECIES]
    return tuple(
        parse("scene01/" + form.format(client, camera))
        for clients in CLIENTS.values()
        for client, camera in product(clients, CAMERAS)
        for form in ("real/real_client{:03d}_{}_SD_scene01", *attacks)
    )


def _check_list(root: Path, split: str) -> list[Problem]:
    path = root / f"{split}_sub_list.txt"
    if not path.is_file():
        return [Problem(path.name, "the list is missing: the built-in split is used unchecked")]
    words = path.read_text(errors="replace").split()
    listed = {int(word) for word in words if word.isdecimal()}
    if len(listed) == len(words) and listed == set(CLIENTS[split]):
        return []
    return [Problem(path.name, f"does not name the {len(CLIENTS[split])} clients of {split}")]


def _attach(sample: Sample) -> Sample:
    return replace(sample, boxes=beside(sample, ".face"), box_format=BoxFormat.NUMBERED_CORNERS)
