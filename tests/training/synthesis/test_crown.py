"""Heads that reach the upper edge get their crown back."""

import cv2
import numpy as np
import pytest

from model.clip import FloatArray
from training.synthesis.crown import crowned, missing_crown, reachable

HEIGHT, WIDTH, FACE = 240, 200, 120.0


def landmarks(forehead: float) -> FloatArray:
    """A face's outline with its forehead at this row."""
    points = np.zeros((478, 3), np.float32)
    points[:, 0] = WIDTH / 2
    points[:, 1] = np.linspace(forehead, forehead + FACE, 478)
    points[10, 1] = forehead
    return points


def head(top: int) -> FloatArray:
    """A head 100 px wide whose hair begins at this row."""
    coverage = np.zeros((HEIGHT, WIDTH), np.float32)
    coverage[max(top, 0) :, 50:150] = 1
    return coverage


def test_a_head_with_air_above_it_misses_nothing() -> None:
    assert missing_crown(head(12), landmarks(50)) == 0


def test_the_lower_the_forehead_the_less_is_missing_of_a_cut_head() -> None:
    missing = [missing_crown(head(0), landmarks(forehead)) for forehead in (5, 20, 40)]
    assert missing[0] > missing[1] > missing[2] > 0


@pytest.mark.parametrize(("forehead", "enough"), [(25, True), (-10, False)])
def test_a_face_that_is_cut_itself_cannot_be_carried_on(forehead: float, *, enough: bool) -> None:
    points = landmarks(forehead)
    assert reachable(missing_crown(head(0), points), points) is enough


def test_the_crown_closes_above_and_what_was_there_stays() -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    points, coverage = landmarks(20), head(0)
    missing = missing_crown(coverage, points)
    grown, covered, moved = crowned(pixels, coverage, points, missing)
    rows = len(grown) - HEIGHT
    assert np.array_equal(grown[rows:], pixels)
    assert np.array_equal(covered[rows:], coverage)
    assert np.allclose(moved - points, [0, rows, 0])
    widths = (covered[:rows] > 0.5).sum(axis=1)
    assert widths[0] == 0  # air above the hair
    assert np.all(np.diff(widths) >= 0)
    assert widths[-1] > 90


def test_hair_is_carried_on_and_the_brow_is_not() -> None:
    pixels = np.full((HEIGHT, WIDTH, 3), 200, np.uint8)
    pixels[:20] = 30  # hair down to the forehead, skin below
    grown, _, _ = crowned(pixels, head(0), landmarks(20), 30.0)
    added = cv2.cvtColor(grown[: len(grown) - HEIGHT], cv2.COLOR_RGB2GRAY)
    assert added.max() < 60
