"""How one capture is decided when one thing about it changes; `training.flips` counts over many."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np

from model.clip import Clip, Face, Frame, Framing
from model.engine import Engine, FaceFinder
from model.judge import judge_clip
from model.quality import QualityGates
from model.sampling import SampledBy, Sampling, sample
from model.verdict import Decision, Judgement
from training.footage import Change, Footage
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
_MOVED_BOX = 0.02  # of verdicts that may flip where the face box is a little off
_IGNORED = 0.03  # where what changes says nothing about life
_TIME_TOLERANCE = 1.05  # a rate this near to the wanted one is left alone


@dataclass(frozen=True, slots=True)
class Perturbation:
    """One change with a name; `applies` says to which footage it is one."""

    name: str
    change: Change
    applies: Callable[[Footage], bool] = lambda _: True
    framing: Framing = _AS_IT_IS
    wanted: float | None = None  # the share of verdicts that may flip, where one is stated


@dataclass(frozen=True, slots=True)
class Decisions:
    """How one capture ended, and how under each perturbation that applies to it, by name."""

    before: Decision
    after: dict[str, Decision]


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
    framed = Framing(**framing)
    return Perturbation(f"face box {name}", unchanged, framing=framed, wanted=_MOVED_BOX)


def ignored(name: str, change: Change) -> Perturbation:
    """A change that says nothing about life, so that the verdict should not hang on it."""
    return Perturbation(name, change, wanted=_IGNORED)


PERTURBATIONS: Final[tuple[Perturbation, ...]] = (
    *(Perturbation(f"JPEG quality {quality}", jpeg(quality)) for quality in (95, 75, 50)),
    *(Perturbation(f"H.264 crf {crf}", h264(crf)) for crf in (23, 28, 35)),
    Perturbation("half size", half_size()),
    ignored("half size, JPEG quality 60", in_turn(half_size(), jpeg(60))),
    Perturbation("darker by 40 %", brightness(0.6)),
    Perturbation("brighter by 40 %", brightness(1.4)),
    Perturbation("10 % of frames lost", dropped(0.1)),
    Perturbation("30 % of frames lost", dropped(0.3)),
    *(slower(fps) for fps in (10, 15, 30)),
    ignored("levels stretched", levels_stretched()),
    ignored("black lifted by 20 %", black_lifted(0.2)),
    ignored("saturation halved", saturation(0.5)),
    ignored("saturation raised by half", saturation(1.5)),
    ignored("background greyed", background_greyed()),
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
