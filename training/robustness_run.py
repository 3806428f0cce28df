"""A robustness run: each capture is judged as it is and changed, in several processes, once."""

import asyncio
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from model.quality import QualityGates
from training.clip_footage import Stretch, cut_stretches, footage_of_person
from training.datasets.capture import Capture
from training.footage import Footage, footage_of
from training.judging import Judging, judged
from training.robustness import Decisions, decisions_under, judge_with
from training.robustness_journal import Journal, Judged


@dataclass(frozen=True, slots=True)
class Item:
    """What is to be judged; `number` is its place in the run, which draws its generator."""

    number: int
    name: str
    capture: Capture | Stretch


def stored_items(captures: Iterable[Capture]) -> Iterator[Item]:
    """Captures of a folder, in their order."""
    for number, each in enumerate(captures):
        yield Item(number, f"{each.split}/{each.group:06d} {each.species}", each)


def clip_items(paths: Iterable[Path]) -> Iterator[Item]:
    """Captures of video files, file after file. Raises NotAClip."""
    stretches = (each for path in paths for each in cut_stretches(path))
    for number, each in enumerate(stretches):
        yield Item(number, each.name, each)


def decide_rest(
    items: Iterable[Item], journal: Journal, *, known: Set[int], weights: Path, seed: int, jobs: int
) -> Iterator[Decisions]:
    """Of each item whose number is not `known`; it is written into the journal as soon as it is judged.

    What shows no person is left out. Raises NotAClip, NoGraphs, CardError, BundleError and ProcessLost; what
    was judged by then is kept.
    """
    todo = (item for item in items if item.number not in known)
    for each in judged(partial(_judge, seed), todo, weights=weights, jobs=jobs):
        if each is not None:
            journal.add(each)
            yield each.decisions


def _judge(seed: int, ours: Judging, item: Item) -> Judged | None:
    footage = asyncio.run(_footage(item.capture, ours))
    if footage is None:
        return None
    judge = judge_with(engine=ours.engine, faces=ours.faces, gates=QualityGates())
    decisions = asyncio.run(decisions_under(footage, judge, seed=(seed, item.number)))
    return Judged(item.number, item.name, decisions)


async def _footage(capture: Capture | Stretch, ours: Judging) -> Footage | None:
    if isinstance(capture, Capture):
        return footage_of(capture)
    return await footage_of_person(capture, ours.faces, ours.engine.card.sampling)
