"""Light, background, tone, and how a head is put together."""

import numpy as np
import pytest

from training.synthesis.backdrop import Backdrop
from training.synthesis.heads import EXPRESSIONS, Head, HeadKind, HeadState, Piece
from training.synthesis.lighting import light_probe
from training.synthesis.mesh import Surface, occlusion
from training.synthesis.scene import View
from training.synthesis.tone import details, matched_sharpness, matched_tone

RNG = np.random.default_rng
VIEW = View(width=64, height=64, focal=80.0)
TEXTURE = np.full((4, 4, 4), 255, np.uint8)


def quad() -> Surface:
    triangles = np.array([[0, 1, 2], [2, 1, 3]], np.int32)
    return Surface(triangles_F3=triangles, uv_V2=np.zeros((4, 2), np.float32), texture_HW4=TEXTURE)


def state(**expressions: float) -> HeadState:
    weights = np.zeros(len(EXPRESSIONS), np.float32)
    for name, weight in expressions.items():
        weights[EXPRESSIONS.index(name)] = weight
    return HeadState(np.array([0, 0.3, 0], np.float32), np.zeros(3), weights, np.zeros(2))


@pytest.mark.parametrize("normal", [(0, 0, 1), (0, 1, 0), (0.6, 0, -0.8)])
def test_even_light_falls_on_every_side_alike(normal: tuple[float, float, float]) -> None:
    probe = light_probe(np.full((64, 128, 3), 3.0, np.float32))
    np.testing.assert_allclose(probe.falling_on(np.array(normal, np.float32)), 1.0, atol=0.02)


def test_a_bright_sky_lights_what_looks_up() -> None:
    sky = np.full((64, 128, 3), 0.1, np.float32)
    sky[:32] = 1.0
    probe = light_probe(sky)
    up, down = (probe.falling_on(np.array([0, y, 0], np.float32)).mean() for y in (1.0, -1.0))
    assert up > 3 * down


def test_the_background_moves_by_focal_length_times_shift_over_distance() -> None:
    picture = np.zeros((256, 256, 3), np.float32)
    picture[:, 128:] = 1.0
    wall = Backdrop(picture_HW3=picture, distance=2.0, span=4.0)
    moved = np.eye(4)
    moved[0, 3] = -0.25  # the camera has gone to the right, so points go to the left
    edges = [
        int((wall.seen(VIEW, pose).radiance_HW3[32, :, 0] > 0.5).argmax()) for pose in (np.eye(4), moved)
    ]
    assert edges[0] - edges[1] == pytest.approx(VIEW.focal * 0.25 / 2.0, abs=1)


def test_matched_tone_brings_the_levels_of_a_washed_out_picture_back() -> None:
    like = [RNG(0).gamma(2.0, 0.15, (64, 64, 3)).astype(np.float32)]
    washed = [0.3 + 0.4 * like[0]]
    everywhere = np.ones((64, 64), bool)
    (matched,) = matched_tone(washed, like, everywhere, 1.0)
    levels = [5, 25, 50, 75, 95]
    before, after = (
        np.percentile(each, levels) - np.percentile(like[0], levels) for each in (washed[0], matched)
    )
    assert np.abs(after).max() < 0.25 * np.abs(before).max()


def test_matched_tone_of_share_0_changes_nothing() -> None:
    frame = RNG(1).uniform(0.05, 0.9, (32, 32, 3)).astype(np.float32)
    (same,) = matched_tone([frame], [0.5 * frame], np.ones((32, 32), bool), 0.0)
    np.testing.assert_allclose(same, frame, rtol=0.02)


def test_matched_sharpness_gives_a_soft_picture_its_detail_back() -> None:
    sharp = RNG(2).uniform(0.2, 0.8, (96, 96, 3)).astype(np.float32)
    soft = 0.6 * sharp + 0.4 * sharp.mean()
    everywhere = np.ones((96, 96), bool)
    (matched,) = matched_sharpness([soft], [sharp], everywhere)
    assert details(matched, everywhere)[0] == pytest.approx(details(sharp, everywhere)[0], rel=0.1)


def test_normals_of_a_sheet_that_faces_the_camera_point_at_it() -> None:
    corners = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], np.float32)
    np.testing.assert_allclose(np.abs(quad().normals(corners)[:, 2]), 1.0)


def test_a_pit_gets_less_light_than_the_plain_around_it() -> None:
    steps = np.linspace(-0.05, 0.05, 41)
    x, y = (each.ravel() for each in np.meshgrid(steps, steps))
    depth = 0.02 * np.exp(-(x**2 + y**2) / 0.01**2)
    points = np.stack([x, y, 1 + depth], axis=1).astype(np.float32)
    corner = (np.arange(40)[:, None] * 41 + np.arange(40)).ravel()
    halves = [
        np.stack([corner, corner + 41, corner + 1], 1),
        np.stack([corner + 1, corner + 41, corner + 42], 1),
    ]
    light = occlusion(points, np.concatenate(halves).astype(np.int32), np.arange(len(points), dtype=np.int32))
    assert light[len(light) // 2] < 0.9 * np.median(light)


def test_what_stays_with_the_shoulders_does_not_turn_with_the_head() -> None:
    rest = np.array([[0, -0.1, -0.1]] * 4, np.float32)
    turns = np.array([0, 0, 1, 1], np.float32)
    piece = Piece(surface=quad(), rest_V3=rest, turns_V=turns)
    head = Head(
        name="t", kind=HeadKind.PROCEDURAL, pieces=(piece,), landmark_vertices_L=np.arange(4), tags={}
    )
    moved = head.landmarks(state(), np.eye(4))
    np.testing.assert_allclose(moved[:2], rest[:2], atol=1e-6)
    assert np.linalg.norm(moved[2:] - rest[2:], axis=1).min() > 0.01


def test_teeth_are_drawn_only_while_the_mouth_is_open() -> None:
    pieces = tuple(
        Piece(
            surface=quad(),
            rest_V3=np.eye(4, 3, dtype=np.float32),
            turns_V=np.ones(4, np.float32),
            behind_lips=lips,
        )
        for lips in (False, True)
    )
    head = Head(name="t", kind=HeadKind.PROCEDURAL, pieces=pieces, landmark_vertices_L=np.arange(4), tags={})
    counts = [len(head.parts(each, np.eye(4))) for each in (state(), state(jaw_open=0.4))]
    assert counts == [1, 2]
