"""Label bars and letterboxes are cut off; pictures without one stay whole."""

import cv2
import numpy as np
import skimage.data

from model.clip import PixelArray
from training.synthesis.label_bars import without_label_bar

PHOTOGRAPH: PixelArray = np.ascontiguousarray(skimage.data.astronaut()[:240, 100:340])


def labelled(background: int, text: int) -> PixelArray:
    """The photograph below a bar of 24 rows with a file name on it, after JPEG."""
    bar = np.full((24, 240, 3), background, np.uint8)
    cv2.putText(
        bar, "image_0013367.jpg", (20, 15), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (text,) * 3, 1, cv2.LINE_AA
    )
    _, jpeg = cv2.imencode(".jpg", np.vstack([bar, PHOTOGRAPH]), [cv2.IMWRITE_JPEG_QUALITY, 92])
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)


def test_a_black_bar_with_text_is_cut_off() -> None:
    assert abs(len(without_label_bar(labelled(0, 255))) - 240) <= 1


def test_a_white_bar_with_text_is_cut_off() -> None:
    assert abs(len(without_label_bar(labelled(255, 0))) - 240) <= 1


def test_a_black_bar_below_is_cut_off() -> None:
    boxed = np.vstack([PHOTOGRAPH, np.zeros((20, 240, 3), np.uint8)])
    assert len(without_label_bar(boxed)) == 240


def test_a_picture_without_a_bar_stays_whole() -> None:
    np.testing.assert_array_equal(without_label_bar(PHOTOGRAPH), PHOTOGRAPH)


def test_black_hair_at_the_upper_edge_is_no_bar() -> None:
    picture = PHOTOGRAPH.copy()
    picture[:30, 60:180] = 5
    assert len(without_label_bar(picture)) == 240
