"""What is wrong with a listed data set beyond its names: each problem one line, none of them an exception."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from training.datasets.footage import FootageError
from training.datasets.sample import Presentation, Problem, Sample

_NAMED = 3  # missing videos that a line names before it only counts


def unreadable(samples: Iterable[Sample], open_sample: Callable[[Sample], object]) -> Iterator[Problem]:
    """The samples that `open_sample` (`footage.probe`, or reading them whole) cannot open."""
    for sample in samples:
        try:
            open_sample(sample)
        except FootageError as error:
            yield Problem(sample.name, str(error))


def missing(samples: Sequence[Sample], roster: Sequence[Presentation]) -> tuple[Problem, ...]:
    """What a complete copy would have: a line for each subject with gaps, one for all who are absent."""
    present = {sample.name for sample in samples}
    known = {(sample.split, sample.subject) for sample in samples}
    lacking: dict[tuple[str, str], list[str]] = defaultdict(list)
    expected: dict[tuple[str, str], int] = defaultdict(int)
    for each in roster:
        expected[each.split, each.subject] += 1
        if each.name not in present:
            lacking[each.split, each.subject].append(each.name)
    problems = [
        Problem(f"subject {who[1]}", f"{len(names)} of {expected[who]} videos are missing: {_some(names)}")
        for who, names in lacking.items()
        if who in known
    ]
    absent = [who[1] for who in lacking if who not in known]
    if absent:
        problems.append(
            Problem("subjects", f"{len(absent)} of {len(expected)} are absent altogether: {_some(absent)}")
        )
    return tuple(problems)


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown}, ..."
