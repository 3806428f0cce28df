"""Stored captures -> batches: the same for the same stage, step and captures whenever it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import torch

from model.card import ModelCard
from training.batches import Batch
from training.config import STAGES, TrainConfig, training_card
from training.datasets.capture import Capture, list_groups
from training.datasets.own import read_selected
from training.errors import NoCaptures
from training.protocols import EVERYTHING, Protocol
from training.time_attacks import (
    TIME_ONLY_SPECIES,
    Moving,
    TimeAttack,
    draw_time_attack,
    resampled,
    rewarped,
    shuffled,
)
from training.windows import TrainingWindow, WindowChange, WindowChoice, training_window, window_motion

# Of the others. Drawn evenly, three in four would leave no trace in a frame: what the first stage learnt of
# instruments would be unlearnt before time is learnt.
_INSTRUMENT_SHARE = 0.75
_SAME_DRAW_SHARE = 0.5  # of the instrument pairs whose augmentation is the same draw
# Face heights over a window, the landmark finder's own noise (0.003) twice: below, a copy whose time is wrong
# shows hardly another picture, and would teach doubt of people who sit still.
_MIN_MOTION = 0.006
_MIN_MOTION_OF_ORDER = 0.012  # of a shuffled copy, which differs by the way between neighbours alone
_MOTION_CANDIDATES = 4
_CACHED_GROUPS = 64
_LOOK_EVERY = 50  # steps between two looks for groups that have been made meanwhile
_MAX_EMPTY = 200  # groups without a usable attack in a row


@dataclass(frozen=True, slots=True)
class Pair:
    """A bona fide window and an attack of the same group; `same_draw`: both are augmented alike."""

    bona_fide: WindowChoice
    attack: WindowChoice
    same_draw: bool


class CaptureSource:
    """Batches of matched pairs: half bona fide, half attacks of the same groups."""

    def __init__(
        self,
        directory: Path,
        card: ModelCard,
        *,
        split: str,
        seed: int,
        batch_sizes: dict[int, int],
        protocol: Protocol = EVERYTHING,
        time_share: float = 0.0,
    ) -> None:
        """`batch_sizes`: windows of a batch in each stage; `time_share`: of the second stage's pairs whose
        attack is the bona fide window itself with its time wrong. Raises NoCaptures where no group is there.
        """
        self._directory, self._split, self._card, self._seed = directory, split, card, seed
        self._batch_sizes, self._time_share = batch_sizes, time_share
        self._looked: tuple[int, int] | None = None
        self._groups = list_groups(directory, split)
        if not self._groups:
            raise NoCaptures(
                f"{directory} holds no {split} captures; `python -m training synthesise` makes some"
            )
        self._read = lru_cache(maxsize=_CACHED_GROUPS)(partial(read_selected, protocol=protocol))

    @classmethod
    def of_run(
        cls, directory: Path, config: TrainConfig, *, protocol: Protocol = EVERYTHING
    ) -> "CaptureSource":
        """What a training learns from. Raises NoCaptures."""
        return cls(
            directory,
            training_card(config),
            split="train",
            seed=config.seed,
            batch_sizes={stage: config.stage(stage).batch_size for stage in STAGES},
            protocol=protocol,
            time_share=config.time_share,
        )

    def batch_at(self, stage: int, step: int) -> Batch:
        """The windows of one step: single frames in the first stage, whole windows in the second.

        Raises NoCaptures where group after group holds no attack that the stage can learn.
        """
        if self._looked != (stage, step // _LOOK_EVERY):  # a member of a team is not asked for every step
            self._looked = (stage, step // _LOOK_EVERY)
            self._groups = list_groups(self._directory, self._split)
        rng = np.random.default_rng((self._seed, stage, step))
        card = replace(self._card, num_frames=1) if stage == 1 else self._card
        windows: list[TrainingWindow] = []
        empty = 0
        while len(windows) < self._batch_sizes[stage]:
            group = self._read(self._groups[int(rng.integers(len(self._groups)))])
            pair = draw_pair(group, stage, card, rng, time_share=self._time_share)
            if pair is not None:
                windows += cut_pair(pair, card, rng)
                continue
            empty += 1
            if empty > _MAX_EMPTY:
                raise NoCaptures(f"{self._directory} holds no attack that stage {stage} can learn from")
        return collate(windows)


def draw_pair(
    group: Sequence[Capture], stage: int, card: ModelCard, rng: np.random.Generator, *, time_share: float
) -> Pair | None:
    """A pair of the group; None where it holds no bona fide capture or no attack that the stage can learn."""
    bona_fide = next((capture for capture in group if capture.bona_fide), None)
    if bona_fide is None:
        return None
    if stage > 1 and rng.random() < time_share:
        start, motion = moving_start(bona_fide, card, rng)
        time_attack = draw_time_attack(rng)
        if motion >= (_MIN_MOTION_OF_ORDER if time_attack is shuffled else _MIN_MOTION):
            return _time_pair(bona_fide, start, time_attack, rng)
    attacks = [
        capture
        for capture in group
        if not capture.bona_fide and (stage > 1 or capture.species not in TIME_ONLY_SPECIES)
    ]
    if not attacks:
        return None
    attack = _drawn_attack(attacks, rng)
    start = int(rng.integers(min(_starts(bona_fide, card), _starts(attack, card))))
    return Pair(
        WindowChoice(bona_fide, start),
        WindowChoice(attack, start),
        same_draw=bool(rng.random() < _SAME_DRAW_SHARE),
    )


def _drawn_attack(attacks: Sequence[Capture], rng: np.random.Generator) -> Capture:
    recaptured = [each for each in attacks if each.species not in TIME_ONLY_SPECIES]
    timed = [each for each in attacks if each.species in TIME_ONLY_SPECIES]
    if recaptured and timed:
        attacks = recaptured if rng.random() < _INSTRUMENT_SHARE else timed
    return attacks[int(rng.integers(len(attacks)))]


def cut_pair(pair: Pair, card: ModelCard, rng: np.random.Generator) -> tuple[TrainingWindow, TrainingWindow]:
    """Both windows, augmented."""
    seeds = [int(rng.integers(2**63))] * 2 if pair.same_draw else rng.integers(2**63, size=2).tolist()
    first, second = (
        training_window(choice, card, rng=np.random.default_rng(seed))
        for choice, seed in zip((pair.bona_fide, pair.attack), seeds, strict=True)
    )
    return first, second


def moving_start(capture: Capture, card: ModelCard, rng: np.random.Generator) -> tuple[int, float]:
    """Of a few windows the one that moves most, and how much no plane explains, in face heights."""
    candidates = {int(rng.integers(_starts(capture, card))) for _ in range(_MOTION_CANDIDATES)}
    motions = {start: window_motion(capture, start, card) for start in sorted(candidates)}
    start = max(motions, key=lambda each: motions[each])
    return start, motions[start]


def collate(windows: Sequence[TrainingWindow]) -> Batch:
    return Batch(
        faces_BTCHW=torch.from_numpy(np.stack([window.faces_T3SS for window in windows])),
        depth_BThw=torch.from_numpy(np.stack([window.depth_Thw for window in windows])),
        bona_fide_B=torch.tensor([window.bona_fide for window in windows]),
        frames_tell_B=torch.tensor([window.frames_tell for window in windows]),
    )


def _time_pair(bona_fide: Capture, start: int, time_attack: TimeAttack, rng: np.random.Generator) -> Pair:
    """The same window twice, under the same draw: only how its points move tells them apart."""
    attack, resample = (seeded(each, int(rng.integers(2**63))) for each in (time_attack, resampled))
    if time_attack is rewarped:
        choice, partner = WindowChoice(bona_fide, start, attack, attack=True), resample
    elif rng.random() < 0.5:  # read between its pixels like a re-warped one, and its partner with it
        both = partial(_one_after_the_other, attack, resample)
        choice, partner = WindowChoice(bona_fide, start, both, attack=True), resample
    else:
        choice, partner = WindowChoice(bona_fide, start, attack, attack=True), None
    return Pair(WindowChoice(bona_fide, start, partner), choice, same_draw=True)


def _one_after_the_other(first: WindowChange, second: WindowChange, window: Moving) -> Moving:
    return second(first(window))


def seeded(change: TimeAttack, seed: int) -> WindowChange:
    """The change with its own generator, so that it does the same however often it is done."""
    return lambda window: change(window, np.random.default_rng(seed))


def _starts(capture: Capture, card: ModelCard) -> int:
    """How many windows the capture holds."""
    return len(capture.frames) - card.num_frames + 1
