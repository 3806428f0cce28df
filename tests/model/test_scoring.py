"""Eq. 11, and what it refuses."""

import numpy as np
import pytest

from model.scoring import EmptyMaskError, depth_score, living_score


def test_the_living_score_weighs_probability_and_depth_as_eq_11_does() -> None:
    assert living_score(0.5, 0.25, beta=0.8) == pytest.approx(0.8 * 0.5 + 0.2 * 0.25)


def test_depth_is_the_mean_over_each_frames_mask_and_then_over_frames() -> None:
    depth = np.zeros((2, 4, 4), np.float32)
    masks = np.zeros((2, 4, 4), bool)
    depth[0, 0, :2], masks[0, 0, :2] = (0.2, 0.6), True  # mean 0.4 of two cells
    depth[1], masks[1] = 0.8, True  # mean 0.8 of sixteen
    assert depth_score(depth, masks) == pytest.approx((0.4 + 0.8) / 2)


def test_depth_outside_the_mask_does_not_count() -> None:
    masks = np.zeros((1, 2, 2), bool)
    masks[0, 0, 0] = True
    depth = np.array([[[0.3, 1.0], [1.0, 1.0]]], np.float32)
    assert depth_score(depth, masks) == pytest.approx(0.3)


def test_depth_is_clipped_to_the_range_of_its_labels() -> None:
    masks = np.ones((1, 1, 2), bool)
    assert depth_score(np.array([[[-3.0, 5.0]]], np.float32), masks) == pytest.approx(0.5)


def test_an_empty_mask_is_an_error_and_never_nan() -> None:
    masks = np.ones((2, 3, 3), bool)
    masks[1] = False
    with pytest.raises(EmptyMaskError):
        depth_score(np.ones((2, 3, 3), np.float32), masks)
