"""How many verdicts flip when one thing about the captures changes."""

import csv
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np

from model.clip import Clip, Face, Frame, Framing
from model.engine import Engine, FaceFinder
from model.judge import judge_clip
from model.quality import QualityGates
from model.sampling import SampledBy, Sampling, sample
from model.verdict import Decision, Judgement
from training.footage import Change, Footage
from training.metrics import Rate
from training.perturbations import (
    background_greyed,
    black_lifted,
    brightness,
    dropped,
    frame_rate,
    h264,
    half_size,
    in_turn,
    jpeg,
    levels_stretched,
    saturation,
    unchanged,
)

Judge: TypeAlias = Callable[[Footage, Framing], Awaitable[Judgement]]

_AS_IT_IS: Final = Framing()
_TIME_TOLERANCE = 1.05  # a rate this near to the wanted one is left alone


@dataclass(frozen=True, slots=True)
class Perturbation:
    """One change with a name; `applies` says to which footage it is one."""

    name: str
    change: Change
    applies: Callable[[Footage], bool] = lambda _: True
    framing: Framing = _AS_IT_IS


@dataclass(frozen=True, slots=True)
class Decisions:
    """How one capture ended, and how under each perturbation that applies to it, by name."""

    before: Decision
    after: dict[str, Decision]


@dataclass(frozen=True, kw_only=True, slots=True)
class Flips:
    """Captures whose decision changed under one perturbation, and what it changed to."""

    perturbation: str
    captures: int  # that the perturbation applies to
    to_bona_fide: int
    to_attack: int
    to_undecided: int

    def __add__(self, other: "Flips") -> "Flips":
        """Of the same perturbation, of other captures."""
        return Flips(
            perturbation=self.perturbation,
            captures=self.captures + other.captures,
            to_bona_fide=self.to_bona_fide + other.to_bona_fide,
            to_attack=self.to_attack + other.to_attack,
            to_undecided=self.to_undecided + other.to_undecided,
        )

    @property
    def rate(self) -> Rate:
        return Rate(self.to_bona_fide + self.to_attack + self.to_undecided, self.captures)


@dataclass(frozen=True, slots=True)
class MovedBox:
    """A face finder whose squares are set off from where they belong."""

    faces: FaceFinder
    framing: Framing

    async def find(self, frame: Frame) -> tuple[Face, ...]:
        return tuple(replace(face, framing=self.framing) for face in await self.faces.find(frame))


def slower(fps: float) -> Perturbation:
    """Only for footage with all its frames, and more of them a second."""
    return Perturbation(
        f"{fps:g} frames a second",
        frame_rate(fps),
        lambda footage: not footage.sampled and footage.fps > fps * _TIME_TOLERANCE,
    )


def moved(name: str, **framing: float) -> Perturbation:
    return Perturbation(f"face box {name}", unchanged, framing=Framing(**framing))


PERTURBATIONS: Final[tuple[Perturbation, ...]] = (
    *(Perturbation(f"JPEG quality {quality}", jpeg(quality)) for quality in (95, 75, 50)),
    *(Perturbation(f"H.264 crf {crf}", h264(crf)) for crf in (23, 28, 35)),
    Perturbation("half size", half_size()),
    Perturbation("half size, JPEG quality 60", in_turn(half_size(), jpeg(60))),
    Perturbation("darker by 40 %", brightness(0.6)),
    Perturbation("brighter by 40 %", brightness(1.4)),
    Perturbation("10 % of frames lost", dropped(0.1)),
    Perturbation("30 % of frames lost", dropped(0.3)),
    *(slower(fps) for fps in (10, 15, 30)),
    Perturbation("levels stretched", levels_stretched()),
    Perturbation("black lifted by 20 %", black_lifted(0.2)),
    Perturbation("saturation halved", saturation(0.5)),
    Perturbation("saturation raised by half", saturation(1.5)),
    Perturbation("background greyed", background_greyed()),
    moved("at 0.85 of its size", scale=0.85),
    moved("at 1.18 of its size", scale=1.18),
    moved("8 % to the left", right=-0.08),
    moved("8 % to the right", right=0.08),
    moved("8 % up", down=-0.08),
    moved("8 % down", down=0.08),
)


def judge_with(*, engine: Engine, faces: FaceFinder, gates: QualityGates) -> Judge:
    """The service's own path, sampling included where the footage holds all frames."""

    async def judge(footage: Footage, framing: Framing) -> Judgement:
        times = [frame.time for frame in footage.frames]
        sampling = Sampling(tuple(range(len(times))), SampledBy.TIME)
        if not footage.sampled:
            sampling = sample(times, engine.card.sampling)
        frames = tuple(footage.frames[i] for i in sampling.indices)
        clip = Clip(frames, len(times), times[-1] - times[0], sampling.sampled_by)
        return await judge_clip(clip, faces=MovedBox(faces, framing), engine=engine, gates=gates)

    return judge


async def decisions_under(
    footage: Footage,
    judge: Judge,
    *,
    perturbations: Sequence[Perturbation] = PERTURBATIONS,
    seed: tuple[int, ...] = (0,),
) -> Decisions:
    """One capture as it is and under each perturbation that applies to it."""
    before = (await judge(footage, _AS_IT_IS)).decision
    after = {}
    for index, each in enumerate(perturbations):
        if each.applies(footage):
            changed = each.change(footage, np.random.default_rng((*seed, index)))
            after[each.name] = (await judge(changed, each.framing)).decision
    return Decisions(before, after)


def count_flips(
    captures: Iterable[Decisions], *, perturbations: Sequence[Perturbation] = PERTURBATIONS
) -> tuple[Flips, ...]:
    """Over all captures that each perturbation applies to."""
    decided = list(captures)
    return tuple(
        _flips(each.name, [(one.before, one.after[each.name]) for one in decided if each.name in one.after])
        for each in perturbations
    )


def write_flips(flips: Sequence[Flips], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Flips)])
        writer.writeheader()
        writer.writerows(asdict(each) for each in flips)


def read_flips(path: Path) -> tuple[Flips, ...]:
    with path.open(newline="", encoding="utf-8") as file:
        return tuple(
            Flips(
                perturbation=cells["perturbation"],
                captures=int(cells["captures"]),
                to_bona_fide=int(cells["to_bona_fide"]),
                to_attack=int(cells["to_attack"]),
                to_undecided=int(cells["to_undecided"]),
            )
            for cells in csv.DictReader(file)
        )


def _flips(name: str, pairs: Sequence[tuple[Decision, Decision]]) -> Flips:
    became = Counter(after for before, after in pairs if after is not before)
    return Flips(
        perturbation=name,
        captures=len(pairs),
        to_bona_fide=became[Decision.BONA_FIDE],
        to_attack=became[Decision.ATTACK],
        to_undecided=became[Decision.UNDECIDED],
    )
