"""OULU-NPU's own protocol lists, compared with the tables of `training.protocols`.

`Protocols/Protocol_1/Train.txt`, `Protocols/Protocol_3/Test_6.txt`; a line is `LABEL,VIDEO`: +1 bona fide;
-1 any attack in the lists of train and dev, but in those of test -1 a print and -2 a display.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from training.datasets.sample import Problem, Sample
from training.protocols import OULU_NPU, Protocol


def check_lists(folder: Path, samples: Sequence[Sample]) -> tuple[Problem, ...]:
    """What is wrong: lists that are missing or malformed, videos that lists and disk do not share, and labels
    that the video's name contradicts."""
    if not folder.is_dir():
        return (
            Problem(folder.name, "the folder is missing: the built-in protocol tables are used unchecked"),
        )
    videos = {sample.name.rpartition("/")[2]: sample for sample in samples}
    problems: list[Problem] = []
    absent: dict[str, list[str]] = defaultdict(list)
    unlisted: dict[str, list[str]] = defaultdict(list)
    for path, protocol, split in _lists(folder):
        where = path.relative_to(folder.parent).as_posix()
        if not path.is_file():
            problems.append(Problem(where, "the protocol list is missing"))
            continue
        labels, malformed = _read_list(path, where)
        problems += malformed
        problems += _wrong_labels(labels, videos, split=split, where=where)
        for name in labels.keys() - videos.keys():
            absent[name].append(where)
        for name in _selected(protocol, split, samples) - labels.keys():
            unlisted[name].append(where)
    problems += [Problem(name, f"named in {_some(lists)}, but not on disk") for name, lists in absent.items()]
    problems += [
        Problem(name, f"belongs to the protocol, but has no line in {_some(lists)}")
        for name, lists in unlisted.items()
    ]
    return tuple(problems)


def _lists(folder: Path) -> Iterator[tuple[Path, Protocol, str]]:
    for name, protocol in OULU_NPU.items():
        number, _, fold = name.partition("_")
        for split in ("train", "dev", "test"):
            file = f"{split.capitalize()}{'_' + fold if fold else ''}.txt"
            yield folder / f"Protocol_{number}" / file, protocol, split


def _read_list(path: Path, where: str) -> tuple[dict[str, str], list[Problem]]:
    labels: dict[str, str] = {}
    problems = []
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1):
        label, _, name = (part.strip() for part in line.partition(","))
        if not line.strip():
            continue
        if label not in ("+1", "-1", "-2") or not name:
            problems.append(Problem(f"{where} line {number}", f"not LABEL,VIDEO, e.g. +1,1_1_01_1: {line!r}"))
        else:
            labels[name] = label
    return labels, problems


def _wrong_labels(
    labels: Mapping[str, str], videos: Mapping[str, Sample], *, split: str, where: str
) -> list[Problem]:
    problems = []
    for name in sorted(labels.keys() & videos.keys()):
        expected = _label(videos[name], split)
        if labels[name] != expected:
            problems.append(Problem(where, f"{name} is labelled {labels[name]}, its name says {expected}"))
    return problems


def _label(sample: Sample, split: str) -> str:
    if sample.bona_fide:
        return "+1"
    return "-2" if split == "test" and sample.species.startswith("display") else "-1"


def _selected(protocol: Protocol, split: str, samples: Sequence[Sample]) -> set[str]:
    chosen = protocol.select([each for each in samples if each.split == split])
    return {each.name.rpartition("/")[2] for each in chosen}


def _some(lists: Sequence[str]) -> str:
    return lists[0] if len(lists) == 1 else f"{lists[0]} and {len(lists) - 1} more lists"
