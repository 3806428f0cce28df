"""A capture is decided as it is and under each change; the face box moves through the square."""

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
from training.footage import Footage, footage_of_frames
from training.perturbations import brightness, unchanged
from training.robustness import PERTURBATIONS, Perturbation, decisions_under, judge_with


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


def test_decisions_are_taken_under_what_applies_and_under_nothing_else() -> None:
    decided = asyncio.run(decisions_under(plain(120), by_brightness, perturbations=CHANGES))
    assert decided.before is Decision.BONA_FIDE
    assert decided.after == {
        "nothing": Decision.BONA_FIDE,
        "darker": Decision.UNDECIDED,
        "moved": Decision.ATTACK,
    }


def test_all_that_a_robustness_table_is_asked_for_is_in_the_list() -> None:
    names = {each.name for each in PERTURBATIONS}
    assert names >= {f"JPEG quality {quality}" for quality in (95, 75, 50)}
    assert names >= {f"H.264 crf {crf}" for crf in (23, 28, 35)}
    assert names >= {f"{fps} frames a second" for fps in (10, 15, 30)}
    assert names >= {"half size", "darker by 40 %", "brighter by 40 %"}
    assert names >= {"10 % of frames lost", "30 % of frames lost", "background greyed"}
    assert {each.wanted for each in PERTURBATIONS if each.name.startswith("face box")} == {0.02}
    assert [each.name for each in PERTURBATIONS if each.wanted == 0.03] == [
        "half size, JPEG quality 60",
        "levels stretched",
        "black lifted by 20 %",
        "saturation halved",
        "saturation raised by half",
        "background greyed",
    ]


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
    footage = asyncio.run(footage_of_frames(frames, faces))
    judge = judge_with(engine=CountingEngine(), faces=faces, gates=QualityGates())
    assert asyncio.run(judge(footage, Framing())).sampled == 20


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
