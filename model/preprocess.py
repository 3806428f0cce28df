"""Frames and their square -> the network's input; the only place that knows colour order and scaling.

S side of the network's input in px. One square and one tone for all frames of a window: what changes between
its crops is then what changed in front of the camera.
"""

import cv2
import numpy as np

from model.card import ModelCard
from model.clip import FloatArray, Frame, PixelArray, Square, Tone
from model.geometry import crop

_FULL_RANGE = Tone(0.0, 255.0)
_MIN_TONE_RANGE = 32.0  # a flatter face than this is not stretched further: that would amplify its noise


def face_tone(frame: Frame, square: Square, card: ModelCard) -> Tone:
    """The luma levels that the card's percentiles have on the face (the middle of the square).

    The tone of a camera is no evidence of life, so the network sees every face at the same black and white.
    """
    if card.tone_percentiles is None:
        return _FULL_RANGE
    luma = cv2.cvtColor(crop(frame.pixels_HW3, square, size=card.face_size), cv2.COLOR_RGB2GRAY)
    margin = round(card.face_size * (1 - 1 / card.crop_scale) / 2)
    face = luma[margin : card.face_size - margin, margin : card.face_size - margin]
    black, white = np.percentile(face, card.tone_percentiles)
    widening = max(0.0, _MIN_TONE_RANGE - float(white - black)) / 2
    return Tone(float(black) - widening, float(white) + widening)


def to_input(face_SS3: PixelArray, tone: Tone, card: ModelCard) -> FloatArray:
    """One crop (S, S, 3) -> (3, S, S) float32 in the card's input range."""
    stretched = np.clip((face_SS3.astype(np.float32) - tone.black) / (tone.white - tone.black), 0.0, 1.0)
    scaled = card.input_low + (card.input_high - card.input_low) * stretched
    return np.ascontiguousarray(scaled.transpose(2, 0, 1), dtype=np.float32)


def face_input(frame: Frame, square: Square, tone: Tone, card: ModelCard) -> FloatArray:
    """What the network sees of one frame: (3, S, S) float32."""
    return to_input(crop(frame.pixels_HW3, square, size=card.face_size), tone, card)
