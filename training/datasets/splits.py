"""Subjects and splits: nobody may be in two of them, and a threshold needs a dev split."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from training.datasets.sample import Presentation, Problem, Sample

DEV_SHARE: Final = 5  # every fifth training subject


def shared_subjects(presentations: Sequence[Presentation]) -> tuple[Problem, ...]:
    """A problem for each subject that more than one split shows."""
    splits: dict[str, set[str]] = defaultdict(set)
    for each in presentations:
        splits[each.subject].add(each.split)
    return tuple(
        Problem(f"subject {subject}", f"is in more than one split: {', '.join(sorted(found))}")
        for subject, found in sorted(splits.items())
        if len(found) > 1
    )


def with_dev(samples: Sequence[Sample]) -> tuple[Sample, ...]:
    """The samples with every fifth training subject, by name, moved to dev, unless there is a dev split.

    SiW, CASIA-MFSD and MSU-MFSD publish none; a threshold may not come from test.
    """
    if any(each.split == "dev" for each in samples):
        return tuple(samples)
    subjects = sorted({each.subject for each in samples if each.split == "train"})
    moved = set(subjects[DEV_SHARE - 1 :: DEV_SHARE])
    return tuple(
        replace(each, split="dev") if each.split == "train" and each.subject in moved else each
        for each in samples
    )
