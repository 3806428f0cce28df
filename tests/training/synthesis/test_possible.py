"""What the engine may make, and the protocols over it, before a single capture is made."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.training.synthesis.studio import a_studio
from training.datasets.capture import list_groups, read_group
from training.datasets.catalogue import DATA_SETS
from training.datasets.own import NAME, select_captures
from training.protocols import Protocol, Selection
from training.synthesis.engine import Order, make_one
from training.synthesis.heads import HeadKind
from training.synthesis.possible import possible


class Rooms:
    """Six lights."""

    identities: Mapping[str, Mapping[HeadKind, tuple[str, ...]]] = {}
    panoramas = ("dawn", "hall", "lab", "park", "sky", "studio")

    def head(self, kind: HeadKind, name: str) -> object:
        raise AssertionError((kind, name))

    def probe(self, name: str) -> object:
        raise AssertionError(name)


def protocol(name: str) -> Protocol:
    return DATA_SETS[NAME].protocol(name, possible(Rooms()))  # type: ignore[arg-type]


def test_protocol_1_holds_back_a_light() -> None:
    assert protocol("1").test.sessions == {"studio"}
    assert protocol("1").train.sessions == {"dawn", "hall", "lab", "park", "sky"}


def test_protocol_2_tests_with_species_that_training_never_sees() -> None:
    assert protocol("2").test.species == {"print_cut", "replay_tablet", "paused", "loop"}


def test_each_camera_is_left_out_once() -> None:
    left_out = [protocol(f"3_{k}").test.cameras for k in range(1, 9)]
    assert len({camera for cameras in left_out if cameras for camera in cameras}) == 8


@pytest.mark.parametrize("part", ["laser", "ideal"])
def test_the_unseen_simulator_has_no_printer_that_training_sees(part: str) -> None:
    physics = protocol("unseen_simulator").test.physics
    assert physics
    assert part not in physics


def test_only_what_a_protocol_uses_is_kept(tmp_path: Path) -> None:
    no_planes = frozenset({"wobble"})
    order = Order(
        assets=tmp_path, out=tmp_path, seed=3, split="train",
        protocol=Protocol(name="x", train=Selection(species=no_planes)),
    )  # fmt: skip
    with a_studio() as studio:
        made = make_one(order, studio, 7)
    (path,) = list_groups(tmp_path, "train")
    kept = read_group(path)
    assert [capture.species for capture in kept] == ["bona_fide", "wobble"]
    assert made.captures == len(select_captures(kept, order.protocol)) == 2


def test_a_group_that_a_protocol_does_not_use_is_not_written(tmp_path: Path) -> None:
    nowhere = Selection(cameras=frozenset({"pinhole"}))
    order = Order(
        assets=tmp_path, out=tmp_path, seed=3, split="train", protocol=Protocol(name="x", train=nowhere)
    )
    with a_studio() as studio:
        assert make_one(order, studio, 7).captures == 0
    assert list_groups(tmp_path, "train") == ()
