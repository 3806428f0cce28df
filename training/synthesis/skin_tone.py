"""The skin tone that a portrait shows, by the individual typology angle.

ITA = atan((L* - 50) / b*) of the cheeks, in degrees, and its groups: Chardon, Cretois, Hourseau, "Skin colour
typology and suntanning pathways", 1991; Del Bino and Bernerd, 2013. An estimate from one picture in unknown
light: good for asking whether error rates differ, not for describing anybody.
"""

from typing import Final

import cv2
import numpy as np

from model.clip import FloatArray, PixelArray

_CHEEKS: Final = (50, 101, 118, 205, 280, 330, 347, 425)  # MediaPipe's mesh, both sides
_REACH: Final = 0.03  # of the face's height, on each side of a landmark
_GROUPS: Final = (
    (55.0, "very light"),
    (41.0, "light"),
    (28.0, "intermediate"),
    (10.0, "tan"),
    (-30.0, "brown"),
)


def typology_angle(pixels_HW3: PixelArray, landmarks_L3: FloatArray) -> float:
    """ITA of the cheeks, degrees: the median over pixels."""
    points_L2 = landmarks_L3[list(_CHEEKS), :2].astype(int)
    reach = max(1, round(_REACH * float(np.ptp(landmarks_L3[:, 1]))))
    height, width = pixels_HW3.shape[:2]
    mask = np.zeros((height, width), bool)
    for x, y in points_L2:
        mask[max(y - reach, 0) : y + reach + 1, max(x - reach, 0) : x + reach + 1] = True
    lab = cv2.cvtColor(pixels_HW3[mask][None].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[0]
    lightness, _, yellow = np.median(lab, axis=0)
    return float(np.degrees(np.arctan2(lightness - 50, max(float(yellow), 1e-3))))


def skin_tone(pixels_HW3: PixelArray, landmarks_L3: FloatArray) -> str:
    """The group of the typology angle, from "very light" to "dark"."""
    angle = typology_angle(pixels_HW3, landmarks_L3)
    return next((name for least, name in _GROUPS if angle > least), "dark")
