"""Batches of matched pairs: repeatable, both classes alike, time the only difference where it should be."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from model.card import ModelCard
from model.network.config import TINY
from tests.conftest import procedural_capture, write_procedural
from training.config import PRESETS, training_card
from training.datasets.capture import Capture, write_group
from training.errors import NoCaptures
from training.protocols import Protocol, Selection
from training.source import CaptureSource, Pair, cut_pair, draw_pair
from training.time_attacks import TIME_ONLY_SPECIES
from training.windows import training_window

CARD = training_card(PRESETS["smoke"])
SIZES = {1: 4, 2: 6}
TIME_SHARE = 0.4


def source(captures: Path, *, card: ModelCard = CARD) -> CaptureSource:
    return CaptureSource(captures, card, split="train", seed=5, batch_sizes=SIZES, time_share=TIME_SHARE)


def group(*species: str) -> Sequence[Capture]:
    return [procedural_capture(3, "train", each) for each in ("bona_fide", *species)]


def drawn(captures: Sequence[Capture], stage: int, count: int = 60) -> list[Pair]:
    pairs = [
        draw_pair(captures, stage, CARD, np.random.default_rng(seed), time_share=TIME_SHARE)
        for seed in range(count)
    ]
    return [pair for pair in pairs if pair is not None]


def test_a_step_has_the_same_batch_whenever_it_is_asked_for(captures: Path) -> None:
    first, again = source(captures).batch_at(2, 17), source(captures).batch_at(2, 17)
    assert torch.equal(first.faces_BTCHW, again.faces_BTCHW)
    assert torch.equal(first.depth_BThw, again.depth_BThw)
    assert not torch.equal(first.faces_BTCHW, source(captures).batch_at(2, 18).faces_BTCHW)


def test_the_first_stage_sees_single_frames_and_the_second_whole_windows(captures: Path) -> None:
    single, whole = source(captures).batch_at(1, 0), source(captures).batch_at(2, 0)
    assert single.faces_BTCHW.shape == (4, 1, 3, TINY.face_size, TINY.face_size)
    assert whole.faces_BTCHW.shape == (6, 5, 3, TINY.face_size, TINY.face_size)
    assert whole.depth_BThw.shape == (6, 5, 32, 32)


def test_half_of_a_batch_is_bona_fide_and_only_that_half_has_depth(captures: Path) -> None:
    batch = source(captures).batch_at(2, 3)
    assert batch.bona_fide_B.tolist() == [True, False] * 3
    depth = batch.depth_BThw.amax(dim=(1, 2, 3))
    assert depth[batch.bona_fide_B].min() > 0.9
    assert depth[~batch.bona_fide_B].max() == 0


@pytest.mark.parametrize("first", [0, 1])
def test_groups_made_meanwhile_are_used(first: int, tmp_path: Path) -> None:
    """Also by the second of a team of two, which is asked for odd steps only."""
    made = source(write_procedural(tmp_path, {"train": 1}))
    made.batch_at(1, first)
    write_procedural(tmp_path, {"train": 1}, first=1)
    step = 2 + first
    assert not torch.equal(made.batch_at(1, step).faces_BTCHW, source(tmp_path).batch_at(1, step).faces_BTCHW)
    step = 50 + first
    assert torch.equal(made.batch_at(1, step).faces_BTCHW, source(tmp_path).batch_at(1, step).faces_BTCHW)


def test_the_first_stage_leaves_out_attacks_that_one_frame_cannot_show() -> None:
    pairs = drawn(group("print_flat", "wobble"), stage=1)
    assert {pair.attack.capture.species for pair in pairs} == {"print_flat"}
    assert "wobble" in TIME_ONLY_SPECIES


def test_both_members_of_a_pair_begin_at_the_same_frame() -> None:
    assert all(pair.bona_fide.start == pair.attack.start for pair in drawn(group("print_flat"), stage=2))


def test_the_second_stage_is_shown_time_attacks_made_of_the_very_bona_fide_window() -> None:
    pairs = drawn(group("print_flat"), stage=2, count=200)
    made = [pair for pair in pairs if pair.attack.attack]
    assert 0.08 < len(made) / len(pairs) < 0.35  # shuffled copies want more motion than many windows have
    assert all(pair.attack.capture is pair.bona_fide.capture and pair.same_draw for pair in made)


def test_a_window_that_does_not_move_gives_no_time_attack() -> None:
    bona_fide, printed = group("print_flat")
    bona_fide.landmarks_TL3[:] = bona_fide.landmarks_TL3[0]
    assert not any(pair.attack.attack for pair in drawn([bona_fide, printed], stage=2))


def test_a_time_attack_differs_from_its_partner_only_in_how_the_points_move() -> None:
    """Tone and sharpness of the first, unmoved frames agree; the later frames do not."""
    made = [pair for pair in drawn(group("print_flat"), stage=2) if pair.attack.attack]
    for pair in made[:8]:
        alike, other = cut_pair(pair, CARD, np.random.default_rng(0))
        assert alike.faces_T3SS.mean() == pytest.approx(other.faces_T3SS.mean(), abs=0.03)
        sharpness = [float(np.abs(np.diff(each.faces_T3SS)).mean()) for each in (alike, other)]
        assert sharpness[0] == pytest.approx(sharpness[1], rel=0.15)
        assert np.abs(alike.faces_T3SS - other.faces_T3SS).max() > 0.02
        assert not other.depth_Thw.any()


def test_single_frames_tell_what_a_window_is_but_where_its_time_alone_is_wrong() -> None:
    pairs = drawn(group("print_flat", "wobble"), stage=2)
    assert all(pair.bona_fide.frames_tell for pair in pairs)
    told = {(pair.attack.capture.species, pair.attack.attack): pair.attack.frames_tell for pair in pairs}
    assert told == {("print_flat", False): True, ("wobble", False): False, ("bona_fide", True): False}


def test_the_same_choice_is_cut_the_same_twice() -> None:
    pair = next(pair for pair in drawn(group("print_flat"), stage=2) if pair.attack.attack)
    one, other = (training_window(pair.attack, CARD, rng=np.random.default_rng(1)) for _ in range(2))
    np.testing.assert_array_equal(one.faces_T3SS, other.faces_T3SS)


def test_an_empty_folder_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoCaptures, match="synthesise"):
        source(tmp_path)


def test_captures_without_a_usable_attack_are_an_error(tmp_path: Path) -> None:
    write_group(tmp_path, group("wobble"))
    with pytest.raises(NoCaptures, match="stage 1"):
        source(tmp_path).batch_at(1, 0)


def test_what_a_protocol_does_not_use_is_never_drawn(captures: Path) -> None:
    planes = Protocol(name="x", train=Selection(species=frozenset({"wobble"})))
    made = CaptureSource(
        captures, CARD, split="train", seed=5, batch_sizes=SIZES, time_share=TIME_SHARE, protocol=planes
    )
    with pytest.raises(NoCaptures, match="no attack that stage 1 can learn"):
        made.batch_at(1, 0)  # which learns prints, and not what only time tells
    assert made.batch_at(2, 0).faces_BTCHW.shape[0] == 6


def test_three_in_four_stored_attacks_that_the_second_stage_sees_are_instruments() -> None:
    pairs = drawn(group("print_flat", "plane_still", "plane_moving", "wobble"), 2, count=400)
    stored = [pair.attack.capture.species for pair in pairs if not pair.attack.capture.bona_fide]
    assert 0.65 < stored.count("print_flat") / len(stored) < 0.85
