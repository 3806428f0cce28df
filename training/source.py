"""Stored captures -> batches, the same batch for the same stage and step whenever it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import torch

from model.card import ModelCard
from training.batches import Batch
from training.datasets.capture import Capture, list_groups, read_group
from training.time_attacks import TimeAttack, draw_time_attack
from training.windows import TrainingWindow, training_window

# Attacks that leave no trace in a single frame: the first stage, which sees one frame, cannot learn them and
# would only learn to doubt every face.
TIME_ONLY_SPECIES: Final = frozenset({"plane_still", "plane_moving", "wobble", "paused", "loop"})
_TIME_ATTACK_SHARE = 0.35  # of the attack windows in the second stage
_CACHED_GROUPS = 64


@dataclass(frozen=True, slots=True)
class Choice:
    """One window of a batch, before it is cut."""

    capture: Capture
    start: int
    time_attack: TimeAttack | None = None


class CaptureSource:
    """Batches of matched pairs: half bona fide, half attacks of the same groups."""

    def __init__(self, directory: Path, card: ModelCard, *, split: str, seed: int, batch_size: int) -> None:
        """Raises ValueError where the folder holds no group of the split."""
        self._groups = list_groups(directory, split)
        if not self._groups:
            raise ValueError(
                f"{directory} holds no {split} captures; `python -m training synthesise` makes some"
            )
        self._card, self._seed, self._batch_size = card, seed, batch_size
        self._read = lru_cache(maxsize=_CACHED_GROUPS)(read_group)

    def batch_at(self, stage: int, step: int) -> Batch:
        """The windows of one step; stage 1 leaves out what one frame cannot tell."""
        rng = np.random.default_rng((self._seed, stage, step))
        windows: list[TrainingWindow] = []
        while len(windows) < self._batch_size:
            group = self._read(self._groups[int(rng.integers(len(self._groups)))])
            for choice in _pair(group, stage, self._card, rng):
                windows.append(
                    training_window(
                        choice.capture, choice.start, self._card, rng=rng, time_attack=choice.time_attack
                    )
                )
        return _collate(windows[: self._batch_size])


def _pair(
    group: Sequence[Capture], stage: int, card: ModelCard, rng: np.random.Generator
) -> tuple[Choice, ...]:
    """A bona fide window and an attack of the same group; none where the group has no usable pair."""
    bona_fide = next((capture for capture in group if capture.bona_fide), None)
    if bona_fide is None:
        return ()
    choice = Choice(bona_fide, _start(bona_fide, card, rng))
    if stage > 1 and rng.random() < _TIME_ATTACK_SHARE:
        return choice, Choice(bona_fide, _start(bona_fide, card, rng), draw_time_attack(rng))
    attacks = [
        capture
        for capture in group
        if not capture.bona_fide and (stage > 1 or capture.species not in TIME_ONLY_SPECIES)
    ]
    if not attacks:
        return ()
    attack = attacks[int(rng.integers(len(attacks)))]
    return choice, Choice(attack, _start(attack, card, rng))


def _start(capture: Capture, card: ModelCard, rng: np.random.Generator) -> int:
    return int(rng.integers(len(capture.frames) - card.num_frames + 1))


def _collate(windows: Sequence[TrainingWindow]) -> Batch:
    return Batch(
        faces_BTCHW=torch.from_numpy(np.stack([window.faces_T3SS for window in windows])),
        depth_BThw=torch.from_numpy(np.stack([window.depth_Thw for window in windows])),
        bona_fide_B=torch.tensor([window.bona_fide for window in windows]),
    )
