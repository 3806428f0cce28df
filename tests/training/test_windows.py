"""What training is shown of a capture."""

from dataclasses import replace

import numpy as np
import pytest

from model.geometry import face_mask, face_square
from tests.conftest import procedural_capture
from training.config import PRESETS, training_card
from training.windows import TrainingWindow, WindowChoice, training_window

CARD = training_card(PRESETS["smoke"])
CAPTURE = procedural_capture(1, "train", "bona_fide")


def cut(seed: int | None, *, start: int = 2) -> TrainingWindow:
    rng = None if seed is None else np.random.default_rng(seed)
    return training_window(WindowChoice(CAPTURE, start), CARD, rng=rng)


def test_depth_is_labelled_on_the_face_and_nowhere_else() -> None:
    window = cut(None)
    assert window.depth_Thw[window.masks_Thw].mean() > 0.3
    assert not window.depth_Thw[~window.masks_Thw].any()


def test_without_augmentation_the_square_and_the_masks_are_those_of_serving() -> None:
    window = cut(None)
    square = face_square(CAPTURE.landmarks_TL3[2], scale=CARD.crop_scale)
    for offset, mask in enumerate(window.masks_Thw):
        expected = face_mask(CAPTURE.landmarks_TL3[2 + offset], square, cells=CARD.depth_size)
        np.testing.assert_array_equal(mask, expected)


def test_augmented_faces_stay_in_the_range_of_the_card() -> None:
    for seed in range(10):
        faces = cut(seed).faces_T3SS
        assert (faces.min(), faces.max()) >= (CARD.input_low, 0)
        assert faces.max() <= CARD.input_high


def test_a_mirrored_window_has_its_label_and_mask_mirrored_too() -> None:
    """Wherever the square went, the label follows the face: it peaks where the mask is."""
    for seed in range(20):
        window = cut(seed)
        columns = np.arange(CARD.depth_size)
        centre = (window.masks_Thw[0].sum(axis=0) * columns).sum() / window.masks_Thw[0].sum()
        weighted = (window.depth_Thw[0].sum(axis=0) * columns).sum() / window.depth_Thw[0].sum()
        assert weighted == pytest.approx(centre, abs=2.5)
        assert not window.depth_Thw[~window.masks_Thw].any()


def test_an_attack_window_has_no_depth() -> None:
    printed = procedural_capture(1, "train", "print_flat")
    window = training_window(WindowChoice(printed, 0), CARD, rng=np.random.default_rng(0))
    assert not window.bona_fide
    assert not window.depth_Thw.any()
    assert window.masks_Thw.any()


def test_a_card_of_one_frame_gives_one_face() -> None:
    window = training_window(WindowChoice(CAPTURE, 0), replace(CARD, num_frames=1), rng=None)
    assert len(window.faces_T3SS) == len(window.depth_Thw) == 1
