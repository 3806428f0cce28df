"""Samples -> groups as our own captures have them: a bona fide video and the attacks that share its factors.

Training draws both members of a pair from one group, so each attack joins a bona fide video of its own split
that is as alike as the data set allows: same subject, session and camera; else same subject and camera; else
same subject; else anybody of the split. Within a level the least loaded video is taken.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from training.datasets.sample import Sample

Key = tuple[str, ...]
_ATTACKS_ALONE = 8  # attacks of a group where the split has no bona fide video


@dataclass(frozen=True, slots=True)
class Group:
    """A number, and the samples of one file: the bona fide one first, where there is one."""

    number: int
    split: str
    members: tuple[Sample, ...]


def plan_groups(samples: Sequence[Sample]) -> tuple[Group, ...]:
    """Every sample in exactly one group; the same samples give the same groups."""
    planned: list[tuple[str, tuple[Sample, ...]]] = []
    for split in ("train", "dev", "test"):
        of_split = sorted((each for each in samples if each.split == split), key=lambda each: each.name)
        planned += [(split, members) for members in _of_split(of_split)]
    return tuple(Group(number, split, members) for number, (split, members) in enumerate(planned))


def _of_split(samples: Sequence[Sample]) -> list[tuple[Sample, ...]]:
    bona_fide = [each for each in samples if each.bona_fide]
    attacks = [each for each in samples if not each.bona_fide]
    if not bona_fide:
        return [tuple(attacks[at : at + _ATTACKS_ALONE]) for at in range(0, len(attacks), _ATTACKS_ALONE)]
    alike: dict[Key, list[int]] = defaultdict(list)
    for position, each in enumerate(bona_fide):
        for key in _keys(each):
            alike[key].append(position)
    joined: list[list[Sample]] = [[each] for each in bona_fide]
    for attack in attacks:
        candidates = next(alike[key] for key in _keys(attack) if key in alike)
        joined[min(candidates, key=lambda position: len(joined[position]))].append(attack)
    return [tuple(members) for members in joined]


def _keys(sample: Sample) -> tuple[Key, ...]:
    """From the most alike to anybody."""
    subject, session, camera = sample.subject, sample.session, sample.camera
    return ("all", subject, session, camera), ("camera", subject, camera), ("subject", subject), ("anybody",)
