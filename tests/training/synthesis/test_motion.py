"""How people move before a camera."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from training.synthesis.heads import EXPRESSIONS
from training.synthesis.motion import Liveliness, draw_trajectory

TIMES = np.arange(20) * 0.1
seeds = st.integers(0, 2**32)


def turning(liveliness: Liveliness) -> float:
    """Mean spread of the head's rotation over many people, radians."""
    spreads = []
    for seed in range(40):
        states = draw_trajectory(np.random.default_rng(seed), TIMES, liveliness=liveliness).states
        spreads.append(np.std([state.rotation_3 for state in states], axis=0).mean())
    return float(np.mean(spreads))


def test_the_same_seed_moves_in_the_same_way() -> None:
    one, other = (draw_trajectory(np.random.default_rng(4), TIMES) for _ in range(2))
    assert all(
        np.array_equal(a.rotation_3, b.rotation_3) and np.array_equal(a.expression_E, b.expression_E)
        for a, b in zip(one.states, other.states, strict=True)
    )


def test_lively_people_turn_more_than_calm_ones() -> None:
    assert turning(Liveliness.LIVELY) > 2 * turning(Liveliness.CALM) > 0


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_heads_stay_turned_to_the_camera(seed: int) -> None:
    states = draw_trajectory(np.random.default_rng(seed), TIMES).states
    rotations = np.degrees([state.rotation_3 for state in states])
    assert np.all(np.abs(rotations) <= [16.01, 20.01, 10.01])


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_no_expression_goes_beyond_its_full_extent(seed: int) -> None:
    weights = np.array([s.expression_E for s in draw_trajectory(np.random.default_rng(seed), TIMES).states])
    assert 0 <= weights.min() <= weights.max() <= 1


def test_lids_close_and_open_again() -> None:
    lid = EXPRESSIONS.index("blink_left")
    curves = [
        np.array([s.expression_E[lid] for s in draw_trajectory(np.random.default_rng(seed), TIMES).states])
        for seed in range(60)
    ]
    assert sum(curve.max() > 0.8 for curve in curves) > 10
    assert all(np.mean(curve > 0.5) < 0.5 for curve in curves)


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_the_camera_starts_where_the_scene_is_described(seed: int) -> None:
    cameras = draw_trajectory(np.random.default_rng(seed), TIMES).cameras_T44
    np.testing.assert_allclose(cameras[0], np.eye(4), atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_a_camera_only_turns_and_moves(seed: int) -> None:
    for camera in draw_trajectory(np.random.default_rng(seed), TIMES).cameras_T44:
        np.testing.assert_allclose(camera[:3, :3] @ camera[:3, :3].T, np.eye(3), atol=1e-9)


@given(seed=seeds)
@settings(max_examples=10)
def test_a_short_capture_is_the_beginning_of_a_long_one(seed: int) -> None:
    long, short = (draw_trajectory(np.random.default_rng(seed), times) for times in (TIMES, TIMES[:8]))
    assert len(short.states) == len(short.cameras_T44) == len(short.times_T) == 8
    for one, other in zip(short.states, long.states, strict=False):
        np.testing.assert_allclose(one.rotation_3, other.rotation_3, atol=1e-6)
        np.testing.assert_allclose(one.expression_E, other.expression_E, atol=1e-6)
