"""A look at dev windows during training, through the network itself: is it learning what it should?

Window-level only; verdicts on whole captures are `training.evaluate`'s. P pairs of a window, h = w cells.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from scipy.stats import mannwhitneyu
from torch import Tensor

from model.card import ModelCard
from model.clip import FloatArray
from model.network.liveness import LivenessNet, bona_fide_probability
from model.scoring import EmptyMaskError, depth_score, living_score
from training.datasets.capture import Capture, list_groups
from training.datasets.own import read_selected
from training.protocols import EVERYTHING, Protocol
from training.source import seeded
from training.time_attacks import TimeAttack, frozen, resampled, rewarped, shuffled
from training.windows import TrainingWindow, WindowChoice, training_window, window_motion

BONA_FIDE: Final = "bona_fide"
# What data.md section 6 calls gaps: bona fide windows against their own copies in which only time is wrong.
GAPS: Final[dict[str, TimeAttack]] = {"freeze": frozen, "shuffle": shuffled, "rewarp": rewarped}
# A re-warped window has been read between its pixels, so it is set beside bona fide ones that have been, too.
RESAMPLED: Final = "bona_fide_resampled"
_BESIDE: Final = {"rewarp": RESAMPLED}
_BATCH = 16  # windows


@dataclass(frozen=True, slots=True)
class DevWindow:
    """One window to look at; `kind` is its species, or the gap that it was made for."""

    kind: str
    motion: float  # face heights; NaN for attacks of an instrument
    window: TrainingWindow


@dataclass(frozen=True, slots=True)
class _Said:
    kind: str
    motion: float
    score: float
    correlation: float  # of refined depth with its label inside the mask; NaN for attacks
    coarse_correlation: float


def dev_windows(
    directory: Path, card: ModelCard, *, groups: int, protocol: Protocol = EVERYTHING
) -> Iterator[DevWindow]:
    """Those of dev's first groups."""
    yield from group_windows(list_groups(directory, "dev")[:groups], card, protocol=protocol)


def group_windows(
    groups: Iterable[Path], card: ModelCard, *, protocol: Protocol = EVERYTHING
) -> Iterator[DevWindow]:
    """The middle of each capture, and the copies of each bona fide window."""
    for path in groups:
        for capture in read_selected(path, protocol):
            yield from _windows_of(capture, card)


def window_scores(net: LivenessNet, windows: Iterable[DevWindow], card: ModelCard) -> dict[str, list[float]]:
    """Eq. 11 of each window, by what it shows."""
    return _by_kind([each for batch in _batches(windows) for each in _look(net, batch, card)])


def development_report(
    net: LivenessNet, windows: Iterable[DevWindow], card: ModelCard, *, stage: int
) -> dict[str, float]:
    """AUC per species and gap, depth correlation inside the mask; empty where dev has not both classes.

    The first stage has trained the coarse depth only, so that is its score, and time is no matter.
    """
    look = _look_at_coarse if stage == 1 else _look
    shown = (each for each in windows if stage > 1 or each.kind not in (*GAPS, RESAMPLED))
    said = [each for batch in _batches(shown) for each in look(net, batch, card)]
    bona_fide = [each for each in said if each.kind == BONA_FIDE]
    scores = _by_kind(said)
    if not bona_fide or len(scores) < 2:
        return {}
    report = {"windows": float(len(said))}
    for kind in sorted(set(scores) - {BONA_FIDE, RESAMPLED}):
        name = f"{kind}_gap" if kind in GAPS else f"auc_{kind}"
        report[name] = auc(scores[_BESIDE.get(kind, BONA_FIDE)], scores[kind])
    report |= _upper_tertile(said, float(np.quantile([each.motion for each in bona_fide], 2 / 3)))
    report["depth_correlation"] = _mean([each.correlation for each in bona_fide])
    report["coarse_correlation"] = _mean([each.coarse_correlation for each in bona_fide])
    return report


def _by_kind(said: Iterable[_Said]) -> dict[str, list[float]]:
    scores: dict[str, list[float]] = defaultdict(list)
    for each in said:
        scores[each.kind].append(each.score)
    return scores


def auc(bona_fide: Sequence[float], attacks: Sequence[float]) -> float:
    """The share of bona fide and attack scores, taken two by two, that are in order; half for a tie."""
    statistic = mannwhitneyu(bona_fide, attacks).statistic
    return float(statistic) / (len(bona_fide) * len(attacks))


def _windows_of(capture: Capture, card: ModelCard) -> Iterator[DevWindow]:
    start = (len(capture.frames) - card.num_frames) // 2
    motion = window_motion(capture, start, card) if capture.bona_fide else float("nan")
    yield DevWindow(capture.species, motion, training_window(WindowChoice(capture, start), card, rng=None))
    if not capture.bona_fide:
        return
    for name, attack in (GAPS | {RESAMPLED: resampled}).items():
        choice = WindowChoice(capture, start, seeded(attack, capture.group), attack=name in GAPS)
        yield DevWindow(name, motion, training_window(choice, card, rng=None))


def _batches(windows: Iterable[DevWindow]) -> Iterator[list[DevWindow]]:
    batch: list[DevWindow] = []
    for each in windows:
        batch.append(each)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


@torch.no_grad()
def _look(net: LivenessNet, batch: list[DevWindow], card: ModelCard) -> Iterator[_Said]:
    said = net(_faces(net, batch))
    probabilities = bona_fide_probability(said.logits_B2).cpu().numpy()
    refined, coarse = said.refined_BPhw.cpu().numpy(), said.coarse_BThw[:, :-1].cpu().numpy()
    for each, probability, refined_Phw, coarse_Phw in zip(batch, probabilities, refined, coarse, strict=True):
        on_face = _on_face(refined_Phw, each.window)
        if on_face is not None:
            score = living_score(float(probability), on_face, beta=card.beta)
            yield _said(each, score, refined_Phw, coarse_Phw)


@torch.no_grad()
def _look_at_coarse(net: LivenessNet, batch: list[DevWindow], card: ModelCard) -> Iterator[_Said]:
    coarse = net.encode(_faces(net, batch))[0][:, : card.num_pairs].cpu().numpy()
    for each, coarse_Phw in zip(batch, coarse, strict=True):
        on_face = _on_face(coarse_Phw, each.window)
        if on_face is not None:
            yield _said(each, on_face, coarse_Phw, coarse_Phw)


def _faces(net: LivenessNet, batch: list[DevWindow]) -> Tensor:
    faces = np.stack([each.window.faces_T3SS for each in batch])
    return torch.from_numpy(faces).to(next(net.parameters()).device)


def _on_face(depth_Phw: FloatArray, window: TrainingWindow) -> float | None:
    """None where a mask is empty: serving gives such a window no score either."""
    try:
        return depth_score(depth_Phw, window.masks_Thw[:-1])
    except EmptyMaskError:
        return None


def _said(each: DevWindow, score: float, refined_Phw: FloatArray, coarse_Phw: FloatArray) -> _Said:
    return _Said(
        each.kind,
        each.motion,
        score,
        _correlation(refined_Phw, each.window),
        _correlation(coarse_Phw, each.window),
    )


def _upper_tertile(said: Sequence[_Said], motion: float) -> dict[str, float]:
    """The gaps of the windows that move most: where nothing moves, a frozen copy is the same picture."""
    moving: dict[str, list[float]] = defaultdict(list)
    for each in said:
        if each.motion >= motion:
            moving[each.kind].append(each.score)
    return {
        f"{name}_gap_moving": auc(moving[_BESIDE.get(name, BONA_FIDE)], moving[name])
        for name in GAPS
        if moving[name]
    }


def _correlation(depth_Phw: FloatArray, window: TrainingWindow) -> float:
    masks_Phw, labels_Phw = window.masks_Thw[:-1], window.depth_Thw[:-1]
    depth, label = depth_Phw[masks_Phw], labels_Phw[masks_Phw]
    if not window.bona_fide or depth.std() == 0 or label.std() == 0:
        return float("nan")
    return float(np.corrcoef(depth, label)[0, 1])


def _mean(values: Sequence[float]) -> float:
    finite = [value for value in values if not np.isnan(value)]
    return float(np.mean(finite)) if finite else float("nan")
