"""The protocol tables, expanded without files, give the published counts (bona fide, attacks)."""

from dataclasses import replace

import pytest

from training.datasets import casia_mfsd, dmad, msu_mfsd, oulu_npu, replay_attack, siw
from training.datasets.catalogue import DATA_SETS
from training.datasets.sample import Presentation, counts
from training.datasets.splits import shared_subjects
from training.protocols import CROSS_SETS, OULU_NPU, SIW, Protocol, Selection, own_protocols

# Boulkenafet et al., FG 2017, the table of the four protocols.
OULU_COUNTS = {
    "1": {"train": (240, 960), "dev": (180, 720), "test": (120, 480)},
    "2": {"train": (360, 720), "dev": (270, 540), "test": (360, 720)},
    "3": {"train": (300, 1200), "dev": (225, 900), "test": (60, 240)},
    "4": {"train": (200, 400), "dev": (150, 300), "test": (20, 40)},
}


def presentation(**factors: str) -> Presentation:
    given = {
        "name": "x",
        "split": "train",
        "subject": "1",
        "session": "1",
        "camera": "1",
        "species": "print_1",
    }
    return Presentation(**(given | factors))


def shown(protocol: Protocol, roster: tuple[Presentation, ...], split: str, factor: str) -> set[str]:
    return {getattr(each, factor) for each in protocol.select(roster) if each.split == split}


@pytest.mark.parametrize("name", list(OULU_NPU))
def test_each_oulu_protocol_has_its_published_counts(name: str) -> None:
    assert counts(OULU_NPU[name].select(oulu_npu.roster())) == OULU_COUNTS[name[0]]


def test_oulu_has_six_folds_of_protocols_3_and_4_and_4950_videos() -> None:
    folds = [f"{number}_{phone}" for number in (3, 4) for phone in range(1, 7)]
    assert sorted(OULU_NPU) == ["1", "2", *folds]
    assert len(oulu_npu.roster()) == 4950


def test_oulu_protocol_1_tests_an_unseen_session() -> None:
    roster = oulu_npu.roster()
    assert shown(OULU_NPU["1"], roster, "train", "session") == {"1", "2"}
    assert shown(OULU_NPU["1"], roster, "test", "session") == {"3"}


def test_oulu_protocol_2_tests_the_other_printer_and_display() -> None:
    roster = oulu_npu.roster()
    assert shown(OULU_NPU["2"], roster, "dev", "species") == {"bona_fide", "print_1", "display_1"}
    assert shown(OULU_NPU["2"], roster, "test", "species") == {"bona_fide", "print_2", "display_2"}


def test_oulu_protocol_3_leaves_one_phone_out() -> None:
    roster = oulu_npu.roster()
    assert shown(OULU_NPU["3_4"], roster, "train", "camera") == {"1", "2", "3", "5", "6"}
    assert shown(OULU_NPU["3_4"], roster, "test", "camera") == {"4"}


def test_oulu_protocol_4_joins_the_three() -> None:
    test = OULU_NPU["4_6"].test
    assert (test.sessions, test.cameras, test.species) == ({"3"}, {"6"}, {"print_2", "display_2"})


@pytest.mark.parametrize(
    ("data_set", "expected"),
    [
        # Zhang et al., ICB 2012; Chingovska et al., BIOSIG 2012; Wen et al., TIFS 2015; the paper's Table 1.
        (casia_mfsd, {"train": (60, 180), "test": (90, 270)}),
        (replay_attack, {"train": (60, 300), "dev": (60, 300), "test": (80, 400)}),
        (msu_mfsd, {"train": (30, 90), "test": (40, 120)}),
        (dmad, {"train": (300, 600), "dev": (300, 600), "test": (300, 600)}),
    ],
)
def test_a_complete_copy_has_the_published_counts(data_set, expected) -> None:
    assert counts(data_set.roster()) == expected


def test_siw_has_90_subjects_to_train_and_75_to_test_with_8_live_and_20_spoof_videos_each() -> None:
    """Liu et al., CVPR 2018; the set's page counts 4,478 videos: 'up to 20' spoofs, not all are there."""
    assert {split: len(subjects) for split, subjects in siw.SUBJECTS.items()} == {"train": 90, "test": 75}
    assert counts(siw.roster()) == {"train": (90 * 8, 90 * 20), "test": (75 * 8, 75 * 20)}
    assert len(siw.roster()) >= 4478


@pytest.mark.parametrize(
    ("name", "train", "test"),
    [
        ("1", (720, 1800), (600, 1500)),
        ("2_3", (720, 90 * 12), (600, 75 * 4)),
        ("3_1", (720, 90 * 4), (600, 75 * 16)),
        ("3_2", (720, 90 * 16), (600, 75 * 4)),
    ],
)
def test_siw_protocols_choose_by_medium(name: str, train: tuple[int, int], test: tuple[int, int]) -> None:
    assert counts(SIW[name].select(siw.roster())) == {"train": train, "test": test}


def test_siw_protocol_1_trains_on_the_first_60_frames_and_tests_on_all() -> None:
    assert (SIW["1"].train.first_frames, SIW["1"].test.first_frames) == (60, None)


@pytest.mark.parametrize("data_set", [oulu_npu, siw, casia_mfsd, replay_attack, msu_mfsd, dmad])
def test_no_subject_is_in_two_splits(data_set) -> None:
    assert shared_subjects(data_set.roster()) == ()


def test_dmad_shows_other_materials_in_each_split() -> None:
    species = [{each.species for each in dmad.roster() if each.split == split} for split in dmad.SUBJECTS]
    assert set.intersection(*species) == {"bona_fide"}
    assert species[2] == {"bona_fide", "print_poster", "replay_ips_tft"}


def test_cross_set_pairs_name_data_sets_and_protocols_that_exist() -> None:
    for pair in CROSS_SETS:
        assert {pair.learnt, pair.tested} <= set(DATA_SETS)
        known = DATA_SETS[pair.tested].protocols
        assert known is not None
        assert set(pair.protocols) <= {*known, "all"}
    assert [(pair.learnt, pair.tested) for pair in CROSS_SETS if pair.metric == "HTER"] == [
        ("casia-mfsd", "replay-attack"),
        ("replay-attack", "casia-mfsd"),
    ]


@pytest.fixture
def own_set() -> list[Presentation]:
    """Two subjects a split, three sessions, three cameras; one species of each family only in test."""
    species = {"train": ("print_flat", "tablet"), "test": ("print_flat", "tablet", "print_holes", "monitor")}
    return [
        presentation(split=split, subject=f"{split}{who}", session=session, camera=camera, species=name)
        for split in ("train", "dev", "test")
        for who in (1, 2)
        for session in ("1", "2", "10")
        for camera in ("laptop", "phone", "webcam")
        for name in ("bona_fide", *species.get(split, species["train"]))
    ]


def test_our_own_protocols_are_those_of_oulu_over_our_factors(own_set: list[Presentation]) -> None:
    protocols = own_protocols(own_set)
    assert list(protocols) == ["1", "2", "3_1", "3_2", "3_3", "4_1", "4_2", "4_3"]
    assert counts(protocols["1"].select(own_set))["test"] == (2 * 3, 2 * 3 * 2)
    assert counts(protocols["2"].select(own_set))["test"] == (2 * 9, 2 * 9 * 2)
    assert counts(protocols["4_2"].select(own_set))["test"] == (2, 2 * 2)


def test_our_unseen_session_is_the_last_and_our_unseen_species_are_those_not_trained_on(
    own_set: list[Presentation],
) -> None:
    protocols = own_protocols(own_set)
    assert protocols["1"].test.sessions == {"10"}
    assert protocols["1"].test.species == {"print_flat", "tablet"}
    assert protocols["2"].test.species == {"print_holes", "monitor"}
    assert protocols["3_3"].test.cameras == {"webcam"}


def test_sessions_that_training_never_shows_are_the_unseen_ones(own_set: list[Presentation]) -> None:
    places = {"train": "2", "dev": "10", "test": "1"}
    split_by_place = [each for each in own_set if each.session == places[each.split]]
    protocol = own_protocols(split_by_place)["1"]
    assert (protocol.train.sessions, protocol.test.sessions) == ({"2", "10"}, {"1"})
    assert counts(protocol.select(split_by_place)).keys() == {"train", "dev", "test"}


def test_captures_that_vary_too_little_have_no_protocols(own_set: list[Presentation]) -> None:
    with pytest.raises(ValueError, match="two sessions, two cameras"):
        own_protocols([replace(each, camera="phone") for each in own_set])


def test_a_selection_by_species_still_takes_bona_fide() -> None:
    selection = Selection(species=frozenset({"print_2"}))
    assert selection.takes(presentation(species="bona_fide"))
    assert not selection.takes(presentation(species="print_1"))


def test_an_unknown_split_is_an_error() -> None:
    with pytest.raises(ValueError, match="train, dev, test"):
        Protocol(name="x").select([presentation(split="validation")])


def test_the_unseen_simulator_is_the_physics_that_training_never_shows() -> None:
    physics = {
        "train": ("laser/office", "inkjet/photo"),
        "dev": ("laser/office",),
        "test": ("laser/linen", ""),
    }
    shown = [
        presentation(split=split, session=session, camera=camera, species=species, physics=each)
        for split, variants in physics.items()
        for each in variants
        for session in ("1", "2")
        for camera in ("phone", "webcam")
        for species in ("bona_fide", "print_flat", *(("print_cut",) if split == "test" else ()))
    ]
    chosen = own_protocols(shown)["unseen_simulator"].select(shown)
    tested = {each.physics for each in chosen if each.split == "test" and not each.bona_fide}
    assert tested == {"laser/linen"}
    assert {each.physics for each in chosen if each.split == "train"} == set(physics["train"])


def test_without_unseen_physics_there_is_no_unseen_simulator(own_set: list[Presentation]) -> None:
    assert "unseen_simulator" not in own_protocols(own_set)
