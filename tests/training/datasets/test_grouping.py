"""Attacks join the bona fide video that they are most alike to, and nothing is lost."""

from pathlib import Path

from training.datasets import oulu_npu, replay_attack, siw
from training.datasets.grouping import plan_groups
from training.datasets.sample import Presentation, Sample


def samples(roster: tuple[Presentation, ...]) -> list[Sample]:
    return [
        Sample(
            name=each.name, split=each.split, subject=each.subject, session=each.session,
            camera=each.camera, species=each.species, data_set="x", path=Path(each.name),
        )
        for each in roster
    ]  # fmt: skip


def test_an_oulu_group_is_one_bona_fide_video_and_its_four_attacks() -> None:
    groups = plan_groups(samples(oulu_npu.roster()))
    assert len(groups) == 990
    for group in groups:
        assert [member.species for member in group.members] == list(oulu_npu.SPECIES)
        assert len({(each.subject, each.session, each.camera) for each in group.members}) == 1


def test_attacks_spread_evenly_over_the_videos_they_are_alike_to() -> None:
    groups = plan_groups(samples(replay_attack.roster()))
    assert len(groups) == 200
    assert {len(group.members) for group in groups} == {1 + 5}
    assert all(len({(each.subject, each.session) for each in group.members}) == 1 for group in groups)


def test_every_sample_is_in_one_group_of_its_split_with_the_bona_fide_one_first() -> None:
    everything = samples(siw.roster())
    groups = plan_groups(everything)
    members = [each for group in groups for each in group.members]
    assert sorted(each.name for each in members) == sorted(each.name for each in everything)
    assert all(group.members[0].bona_fide for group in groups)
    assert all({each.split for each in group.members} == {group.split} for group in groups)
    assert [group.number for group in groups] == list(range(len(groups)))


def test_the_order_of_listing_does_not_matter() -> None:
    everything = samples(replay_attack.roster())
    assert plan_groups(everything) == plan_groups(everything[::-1])


def test_attacks_of_a_split_without_bona_fide_videos_stay_together() -> None:
    attacks = [each for each in samples(siw.roster()) if not each.bona_fide and each.split == "test"]
    groups = plan_groups(attacks)
    assert sum(len(group.members) for group in groups) == len(attacks)
    assert all(len(group.members) <= 8 for group in groups)
