"""The individual typology angle of a face's cheeks."""

import cv2
import numpy as np
import pytest

from model.clip import NUM_LANDMARKS, FloatArray, PixelArray
from training.synthesis.skin_tone import skin_tone, typology_angle


def face(lightness: float, yellow: float) -> tuple[PixelArray, FloatArray]:
    """A picture of one CIELAB colour, and landmarks spread over it."""
    lab = np.broadcast_to(np.float32([lightness, 8, yellow]), (100, 100, 3))
    pixels = cv2.cvtColor(np.ascontiguousarray(lab), cv2.COLOR_LAB2RGB)
    landmarks = np.random.default_rng(0).uniform(20, 80, (NUM_LANDMARKS, 3)).astype(np.float32)
    return np.asarray(np.round(pixels * 255), np.uint8), landmarks


def test_the_angle_is_that_of_lightness_over_yellow() -> None:
    assert typology_angle(*face(65, 15)) == pytest.approx(45, abs=1.5)


@pytest.mark.parametrize(
    ("lightness", "group"),
    [(80, "very light"), (65, "light"), (60, "intermediate"), (55, "tan"), (48, "brown"), (35, "dark")],
)
def test_a_darker_face_is_in_a_darker_group(lightness: float, group: str) -> None:
    assert skin_tone(*face(lightness, 15)) == group
