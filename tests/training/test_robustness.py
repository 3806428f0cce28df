"""Flips are counted against the verdict on the capture as it was; the face box moves through the square."""

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.clip import Frame, Framing
from model.geometry import face_square
from model.quality import QualityGates
from model.verdict import Decision, Judgement
from tests.model.scripted import CARD, CountingEngine, Faces, film, person
from training.commands import robustness
from training.datasets.capture import list_groups, read_group, write_group
from training.footage import Footage, footage_of_clip
from training.metrics import Rate
from training.perturbations import brightness, unchanged
from training.robustness import (
    Flips,
    Perturbation,
    count_flips,
    decisions_under,
    judge_with,
    read_flips,
    write_flips,
)


def plain(level: int, count: int = 3) -> Footage:
    frames = tuple(Frame(np.full((8, 8, 3), level, np.uint8), i / 10, i) for i in range(count))
    return Footage(frames, (None,) * count, sampled=True)


async def by_brightness(footage: Footage, framing: Framing) -> Judgement:
    """Bona fide where it is bright, undecided where it is dark, an attack where the box was moved."""
    decision = Decision.BONA_FIDE if footage.frames[0].pixels_HW3.mean() > 100 else Decision.UNDECIDED
    decision = Decision.ATTACK if framing.right else decision
    return Judgement(decision, None, 0.5, (), (), None, None, len(footage.frames), {})


CHANGES = (
    Perturbation("nothing", unchanged),
    Perturbation("darker", brightness(0.6)),
    Perturbation("moved", unchanged, framing=Framing(right=0.08)),
    Perturbation("never", unchanged, applies=lambda _: False),
)


def test_flips_are_counted_with_what_they_became_and_over_what_they_apply_to() -> None:
    footages = [plain(200), plain(120), plain(110), plain(50)]
    decided = [
        asyncio.run(decisions_under(footage, by_brightness, perturbations=CHANGES)) for footage in footages
    ]
    found = {each.perturbation: each for each in count_flips(decided, perturbations=CHANGES)}
    assert found["nothing"].rate == Rate(0, 4)
    assert found["darker"].rate == Rate(2, 4)
    assert found["darker"].to_undecided == 2
    assert found["moved"].to_attack == 4
    assert found["never"].rate == Rate(0, 0)


@pytest.mark.parametrize(
    ("framing", "side", "right", "down"),
    [
        (Framing(), 1.0, 0.0, 0.0),
        (Framing(scale=1.18), 1.18, 0.0, 0.0),
        (Framing(right=-0.08, down=0.08), 1.0, -0.08, 0.08),
    ],
)
def test_the_square_moves_and_the_evidence_of_motion_does_not(
    framing: Framing, side: float, right: float, down: float
) -> None:
    script, clip = person(20), film(20)
    footage = Footage(clip.frames, tuple(faces[0].landmarks_L3 for faces in script), sampled=True)
    judge = judge_with(engine=CountingEngine(card=CARD), faces=Faces(script), gates=QualityGates())
    straight, moved = (asyncio.run(judge(footage, each)) for each in (Framing(), framing))
    base, square = face_square(script[0][0].landmarks_L3, scale=CARD.crop_scale), moved.windows[0].square
    assert square.side / base.side == pytest.approx(side, abs=0.01)
    centre = np.array([square.left + square.side / 2, square.top + square.side / 2])
    home = np.array([base.left + base.side / 2, base.top + base.side / 2])
    assert (centre - home) / base.side == pytest.approx([right, down], abs=0.01)
    assert moved.motion == straight.motion


def test_footage_with_all_its_frames_is_sampled_as_the_service_samples() -> None:
    clip = film(60)
    frames = tuple(replace(frame, time=frame.index / 30) for frame in clip.frames)
    faces = Faces(person(60))
    footage = asyncio.run(footage_of_clip(replace(clip, frames=frames), faces))
    judge = judge_with(engine=CountingEngine(), faces=faces, gates=QualityGates())
    assert asyncio.run(judge(footage, Framing())).sampled == 20


def test_the_table_survives_the_round_trip(tmp_path: Path) -> None:
    flips = (Flips(perturbation="JPEG", captures=30, to_bona_fide=1, to_attack=2, to_undecided=0),)
    write_flips(flips, tmp_path / "robustness.csv")
    assert read_flips(tmp_path / "robustness.csv") == flips


def test_captures_are_drawn_from_all_groups_and_of_both_classes(captures: Path) -> None:
    every = robustness._captures(captures, "train", most=6, seed=0)
    assert sorted({capture.group for capture in every}) == [0, 1, 2, 3, 4, 5]
    assert {capture.bona_fide for capture in every} == {True, False}
    assert len(robustness._captures(captures, "train", most=4, seed=0)) == 4


def test_no_capture_is_drawn_that_shows_another_once_more(captures: Path, tmp_path: Path) -> None:
    group = read_group(list_groups(captures, "train")[0])
    again = [replace(group[0], factors={"relayed": how}) for how in ("moved", "compressed")]
    write_group(tmp_path, [*group, *again])
    drawn = robustness._captures(tmp_path, "train", most=100, seed=0)
    assert sorted(each.species for each in drawn) == sorted(each.species for each in group)
    assert not any("relayed" in each.factors for each in drawn)
