"""A set of every species from nothing but one photograph: made twice, read back, audited."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.training.synthesis.studio import a_studio
from training.audit.audit import audit
from training.audit.probes import PROBES
from training.datasets.capture import Capture, list_groups, read_group
from training.synthesis.engine import Order, make_one
from training.synthesis.instruments.draw import SPECIES
from training.synthesis.session import Studio

SEED = 109  # a talking plane is in its first two groups of test
GROUPS = {"train": 4, "test": 2}
EVERY = {"bona_fide", "plane_still", "plane_moving", "wobble", "paused", "loop"} | {
    name for family in SPECIES.values() for name in family
}


def make(studio: Studio, folder: Path, split: str) -> None:
    for group in range(GROUPS[split]):
        make_one(Order(assets=folder, out=folder, seed=SEED, split=split), studio, group)


def hashes(folder: Path, split: str) -> list[str]:
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in list_groups(folder, split)]


@pytest.fixture(scope="module")
def studio() -> Iterator[Studio]:
    with a_studio() as made:
        yield made


@pytest.fixture(scope="module")
def tiny(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    for split in ("train", "test"):
        make(studio, folder, split)
    return folder


def captures(folder: Path, split: str) -> list[Capture]:
    return [capture for path in list_groups(folder, split) for capture in read_group(path)]


def test_every_species_is_there_and_is_read_back(tiny: Path) -> None:
    tested = captures(tiny, "test")
    assert {capture.species for capture in tested} == EVERY
    for capture in tested:
        assert capture.bona_fide == (capture.species == "bona_fide")
        assert len(capture.frames) == len(capture.times_T) == len(capture.landmarks_TL3)
        assert len(capture.depth_THW) == len(capture.frames)
        assert np.all(np.diff(capture.times_T) > 0)


def test_training_has_none_of_the_unseen_species(tiny: Path) -> None:
    unseen = {name for family in SPECIES.values() for name, trained in family.items() if not trained}
    assert not unseen & {capture.species for capture in captures(tiny, "train")}


def test_made_twice_it_has_the_same_hashes(studio: Studio, tiny: Path, tmp_path: Path) -> None:
    make(studio, tmp_path, "test")
    assert len(hashes(tmp_path, "test")) == GROUPS["test"]
    assert hashes(tmp_path, "test") == hashes(tiny, "test")


def test_every_probe_of_the_audit_has_something_to_look_at(tiny: Path) -> None:
    found = {finding.probe.name: finding for finding in audit(tiny)}
    assert set(found) == {probe.name for probe in PROBES}
    assert all(0 <= finding.auc <= 1 for finding in found.values())
