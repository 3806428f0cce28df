"""Which windows count: those in which the face moves, and of every stretch some."""

import numpy as np
import pytest

from model.clip import Face
from model.motion import movements
from model.verdict import Decision
from tests.model.films import filmed
from tests.model.scripted import CARD, CountingEngine, film, judge
from tests.model.test_geometry import head


def nods(still: int, moving: int) -> list[tuple[Face, ...]]:
    turns = [0.0] * still + [0.03 * (-1) ** i for i in range(moving)]
    return [(Face(head(yaw=turn, centre=(300.0, 240.0)), yaw=0.0, pitch=0.0),) for turn in turns]


def test_of_each_stretch_the_livelier_half_of_the_windows_counts() -> None:
    """Sixteen windows are two stretches; the first holds still but for its last two."""
    judgement = judge(film(20), nods(10, 10), CountingEngine())
    counted = [window.frames[-1].index for window in judgement.counted]
    assert {10, 11} <= set(counted)
    assert (len([end for end in counted if end < 12]), len(counted)) == (4, 8)


def test_who_holds_still_for_a_moment_is_not_refused_for_it() -> None:
    engine = CountingEngine(probabilities=(0.0,) * 4 + (1.0,) * 12)  # the first four end before it moves
    judgement = judge(film(20), nods(8, 12), engine)
    assert np.mean([window.score < CARD.threshold for window in judgement.windows]) == 0.25
    assert all(window.score > CARD.threshold for window in judgement.counted)
    assert (judgement.decision, judgement.score) == (Decision.BONA_FIDE, pytest.approx(0.8 * 1.0 + 0.2 * 0.5))


def test_movement_is_of_the_frames_of_a_window_alone() -> None:
    still = [head(depth=2.0)] * 6
    traces = filmed([*still, *(head(yaw=0.1 * (-1) ** i, depth=2.0) for i in range(6))])
    moved = movements(traces, 5)
    assert moved[:6] == pytest.approx(0.0, abs=1e-6)
    assert np.all(np.diff(moved[5:10]) > 0)  # one step more of it in each
    assert moved[10] == pytest.approx(moved[11], rel=0.2)
