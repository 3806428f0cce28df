"""A folder of video files -> how each ends at any threshold, through the service's own path."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tqdm import tqdm

from model.engine import Engine, FaceFinder
from model.judge import judge_clip
from model.quality import QualityGates
from model.video import VideoError, VideoLimits, read_clip
from training.calibrate import Outcome, Sample, outcome_of
from training.errors import TrainingError

SUFFIXES: Final = frozenset({".mp4", ".m4v", ".mov", ".webm", ".mkv"})
_BONA_FIDE, _ATTACK = "bona_fide", "attack"
_LIMITS: Final = VideoLimits()  # the service's own: what it turns away must not move its threshold


class NoClips(TrainingError):  # noqa: N818 - a state of the folder
    """The folder has not the layout that is asked for."""

    code = "no_clips"


@dataclass(frozen=True, slots=True)
class OwnClip:
    """One file and what it shows; species is None for a living face."""

    path: Path
    species: str | None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that is no clip, and why."""

    path: Path
    message: str


def find_clips(folder: Path) -> tuple[OwnClip, ...]:
    """FOLDER/bona_fide/** and FOLDER/attack/SPECIES/**. Raises NoClips."""
    living = [OwnClip(path, None) for path in _videos(folder / _BONA_FIDE)]
    if not living:
        kinds = ", ".join(sorted(SUFFIXES))
        raise NoClips(
            f"{folder}/{_BONA_FIDE} holds no video ({kinds}); put clips of living faces there, and attacks, "
            f"if you have some, in {folder}/{_ATTACK}/SPECIES"
        )
    species = sorted(path for path in (folder / _ATTACK).glob("*") if path.is_dir())
    return (*living, *(OwnClip(path, each.name) for each in species for path in _videos(each)))


def score_clips(
    clips: Sequence[OwnClip], *, engine: Engine, faces: FaceFinder, gates: QualityGates, progress: bool
) -> tuple[Sample, tuple[Unreadable, ...]]:
    """Judges every clip; a file that cannot be read is counted nowhere and named."""
    bona_fide: list[Outcome] = []
    attacks: dict[str, list[Outcome]] = {}
    unreadable: list[Unreadable] = []
    for clip in tqdm(clips, "judging", unit="clip", disable=not progress):
        try:
            outcome = _outcome(clip.path, engine=engine, faces=faces, gates=gates)
        except VideoError as error:
            unreadable.append(Unreadable(clip.path, error.message))
            continue
        (bona_fide if clip.species is None else attacks.setdefault(clip.species, [])).append(outcome)
    return Sample(bona_fide, attacks), tuple(unreadable)


def _outcome(path: Path, *, engine: Engine, faces: FaceFinder, gates: QualityGates) -> Outcome:
    clip = read_clip(path.read_bytes(), rule=engine.card.sampling, limits=_LIMITS)
    judgement = asyncio.run(judge_clip(clip, faces=faces, engine=engine, gates=gates))
    return outcome_of(judgement, engine.card.verdict)


def _videos(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in SUFFIXES)
