"""One tone and one square for a window; RGB in, the card's range out."""

from dataclasses import replace

import numpy as np

from model.card import ModelCard
from model.clip import Frame, PixelArray, Square, Tone
from model.preprocess import face_input, face_tone, to_input
from tests.model.test_card import CARD

SQUARE = Square(0, 0, 128)


def ramp(low: int, high: int) -> PixelArray:
    """A grey picture whose luma runs from `low` to `high`."""
    levels = np.linspace(low, high, 128).round().astype(np.uint8)
    return np.repeat(np.tile(levels, (128, 1))[..., None], 3, axis=2)


def seen(pixels: PixelArray, card: ModelCard) -> np.ndarray:
    frame = Frame(pixels, 0.0, 0)
    return face_input(frame, SQUARE, face_tone(frame, SQUARE, card), card)


def test_the_input_is_channels_first_in_rgb_order_and_in_the_cards_range() -> None:
    pixels = np.zeros((4, 4, 3), np.uint8)
    pixels[..., 0] = 255
    tensor = to_input(pixels, Tone(0.0, 255.0), CARD)
    assert tensor.shape == (3, 4, 4)
    assert tensor.dtype == np.float32
    assert np.all(tensor[0] == 0.5)
    assert np.all(tensor[1:] == -0.5)


def test_a_dull_and_a_contrasty_camera_give_the_same_input() -> None:
    dull, contrasty = seen(ramp(60, 160), CARD), seen(ramp(10, 240), CARD)
    assert np.abs(dull - contrasty).mean() < 0.01


def test_without_a_tone_rule_the_levels_stay() -> None:
    plain = replace(CARD, tone_percentiles=None)
    assert np.isclose(seen(ramp(60, 160), plain).max(), 160 / 255 - 0.5, atol=0.01)


def test_a_face_without_contrast_is_not_blown_up() -> None:
    noise = np.random.default_rng(0).integers(100, 103, (128, 128, 3)).astype(np.uint8)
    assert seen(noise, CARD).std() < 0.05
