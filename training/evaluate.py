"""Stored captures -> verdicts, through `model.judge`: the very path that serves.

One row per capture goes into a scores table; thresholds are read from dev's table and applied to test's.
"""

import asyncio
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from pathlib import Path

import numpy as np
from tqdm import tqdm

from model.clip import Clip, Frame
from model.early import first_decision
from model.judge import observed
from model.quality import QualityGates
from model.sampling import SampledBy
from model.verdict import Decision, Judgement, Observation, decide
from training import scores
from training.calibrate import decisive_score
from training.datasets.capture import Capture, list_groups
from training.datasets.own import read_selected
from training.errors import NoCaptures
from training.judging import Judging, judged
from training.metrics import apcer, bpcer
from training.protocols import EVERYTHING, Protocol
from training.scores import ScoreRow
from training.windows import decoded

_SENT_ON = " sent on"


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoredCapture:
    """One capture's verdict, and the evidence it hangs on."""

    group: int
    subject: str
    species: str
    bona_fide: bool
    decision: str
    reasons: str
    score: float  # Eq. 11 averaged over the windows that count, whatever was decided; NaN without one
    depth_score: float
    bona_fide_probability: float
    motion: float  # 1 is the most that a plane shows; NaN without a span of one track
    frozen_share: float  # NaN without two frames of one track
    repeated_share: float = math.nan  # NaN of fewer frames than two stretches
    decisive_score: float = math.nan  # the highest threshold that it passes; NaN where no threshold decides
    early_decision: str = ""  # of a service that stops at the first decision
    early_share: float = math.nan  # of the sampled frames that it had seen by then
    factors: Mapping[str, str] = field(default_factory=dict)  # the capture's circumstances


def score_split(
    directory: Path,
    split: str,
    *,
    weights: Path,
    groups: int | None = None,
    protocol: Protocol = EVERYTHING,
    jobs: int = 1,
) -> list[ScoredCapture]:
    """Every capture of a split's first `groups` groups, under the service's own gates, in `jobs` processes.

    Raises NoCaptures where there is none, NoGraphs, CardError.
    """
    paths = list_groups(directory, split)[:groups]
    if not paths:
        raise NoCaptures(f"{directory} holds no {split} captures; `python -m training synthesise` makes some")
    scored = judged(partial(_score_group, protocol), paths, weights=weights, jobs=jobs)
    return [row for rows in tqdm(scored, f"judging {split}", len(paths), unit="group") for row in rows]


def _score_group(protocol: Protocol, ours: Judging, path: Path) -> list[ScoredCapture]:
    return [score_capture(capture, ours) for capture in read_selected(path, protocol)]


def score_capture(capture: Capture, ours: Judging) -> ScoredCapture:
    """Judged as the service would judge its frames: all of them, and up to the first decision."""
    observations, card = asyncio.run(_observations(as_clip(capture), ours)), ours.engine.card
    whole, early = decide(observations, card=card), first_decision(observations, card=card)
    return replace(
        _row(capture, whole),
        decisive_score=decisive_score(whole, card.verdict),
        early_decision=str(early.decision),
        early_share=early.sampled / max(whole.sampled, 1),
    )


async def _observations(clip: Clip, ours: Judging) -> list[Observation]:
    seen = observed(clip, faces=ours.faces, engine=ours.engine, gates=QualityGates())
    return [observation async for observation in seen]


def as_clip(capture: Capture) -> Clip:
    """The stored pictures as a clip that has already been sampled."""
    frames = tuple(
        Frame(decoded(jpeg), float(time), index)
        for index, (jpeg, time) in enumerate(zip(capture.frames, capture.times_T, strict=True))
    )
    return Clip(frames, len(frames), float(capture.times_T[-1] - capture.times_T[0]), SampledBy.TIME)


def write_table(rows: Sequence[ScoredCapture], path: Path) -> None:
    """As `training.scores` describes it."""
    scores.write_table([_for_table(row) for row in rows], path)


def summary(rows: Sequence[ScoredCapture], threshold: float) -> str:
    """Counts, rates and exact intervals per species at a threshold of the living score.

    Bona fide captures that were sent on as attacks' pictures are show the same people once more: apart, and
    without an interval.
    """
    kinds: dict[tuple[str, str], list[ScoredCapture]] = defaultdict(list)
    for row in rows:
        sent_on = _SENT_ON if scores.is_sent_on(row.factors) else ""
        kinds[("BPCER", sent_on) if row.bona_fide else ("APCER", f" {row.species}")].append(row)
    ordered = sorted(kinds.items(), key=lambda kind: (kind[0][0] != "BPCER", kind[0]))
    return "\n".join([f"threshold {threshold:.4f}", *(_line(*kind, threshold) for kind in ordered)])


def _line(kind: tuple[str, str], rows: Sequence[ScoredCapture], threshold: float) -> str:
    measure, name = kind
    scored = [row.score for row in rows if not np.isnan(row.score)]
    rate = (bpcer if measure == "BPCER" else apcer)(scored, threshold)
    undecided = sum(row.decision == "undecided" for row in rows)
    told = f"{rate.count}/{rate.total}" if name == _SENT_ON else str(rate)
    return f"{measure + name:28} {told}   undecided {undecided}/{len(rows)}"


def split_scores(rows: Sequence[ScoredCapture]) -> tuple[list[float], dict[str, list[float]]]:
    """Bona fide scores, and those of each attack species."""
    by_species = _by_species(rows)
    return by_species.pop("bona_fide", []), by_species


def _by_species(rows: Sequence[ScoredCapture]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        if not np.isnan(row.score):
            found["bona_fide" if row.bona_fide else row.species].append(row.score)
    return found


def _for_table(row: ScoredCapture) -> ScoreRow:
    values = {each.name: getattr(row, each.name) for each in fields(ScoredCapture)}
    known = {
        "decision": Decision(row.decision),
        "reasons": tuple(row.reasons.split()),
        "early_decision": Decision(row.early_decision) if row.early_decision else None,
    }
    return ScoreRow(**(values | known))


def _row(capture: Capture, judgement: Judgement) -> ScoredCapture:
    windows = judgement.counted
    nan = float("nan")
    return ScoredCapture(
        group=capture.group,
        subject=capture.subject,
        species=capture.species,
        bona_fide=capture.bona_fide,
        decision=judgement.decision,
        reasons=" ".join(judgement.reasons),
        score=float(np.mean([window.score for window in windows])) if windows else nan,
        depth_score=float(np.mean([window.depth_score for window in windows])) if windows else nan,
        bona_fide_probability=(
            float(np.mean([window.bona_fide_probability for window in windows])) if windows else nan
        ),
        motion=nan if judgement.motion is None else judgement.motion,
        frozen_share=nan if judgement.frozen_share is None else judgement.frozen_share,
        repeated_share=nan if judgement.repeated_share is None else judgement.repeated_share,
        factors={name: str(value) for name, value in capture.factors.items()},
    )
