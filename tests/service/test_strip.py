"""The depth strip."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from model.clip import Clip, Frame, Square
from model.verdict import Decision, Judgement, Window
from service.assessment import Assessment
from service.strip import depth_strip, write_png


def assessment(windows: int) -> Assessment:
    """Windows whose four maps are flat at 0.25, 0.5, 0.75 and 1."""
    noise = np.random.default_rng(0).integers(0, 256, (240, 320, 3)).astype(np.uint8)
    frames = tuple(Frame(noise, i / 10, i) for i in range(5))
    mask, coarse, temporal, refined = (
        np.full((4, 32, 32), level, np.float32) for level in (0.25, 0.5, 0.75, 1.0)
    )
    window = Window(
        0.5, 0.5, 0.5, frames, Square(100, 60, 120), mask.astype(np.bool_), coarse, temporal, refined
    )
    judgement = Judgement(Decision.ATTACK, 0.5, 0.6, (), (window,) * windows, 0.0, 0.0, 5, {})
    return Assessment(judgement, Clip(frames, 15, 0.5, "frame_count"), "", {}, 1.0)


@pytest.mark.parametrize(("windows", "columns"), [(1, 1), (5, 5), (8, 8), (40, 8)])
def test_there_is_a_column_for_each_window_up_to_eight(windows: int, columns: int) -> None:
    width = depth_strip(assessment(windows), title="clip").shape[1]
    margin = depth_strip(assessment(1), title="clip").shape[1] - 132
    assert (width - margin) / 132 == columns


def test_the_rows_are_frame_mask_coarse_temporal_and_refined() -> None:
    strip = depth_strip(assessment(1), title="clip")
    centres = [strip[26 + row * 132 + 64, 92 + 64].tolist() for row in range(1, 5)]
    assert centres == [[255] * 3, [128] * 3, [191] * 3, [255] * 3]
    face = strip[26 : 26 + 128, 92 : 92 + 128]
    assert face.std() > 20


def test_a_capture_without_windows_has_no_strip() -> None:
    with pytest.raises(ValueError, match="no window"):
        depth_strip(assessment(0), title="clip")


def test_the_file_is_a_png_of_the_picture(tmp_path: Path) -> None:
    strip = depth_strip(assessment(2), title="clip")
    (tmp_path / "strip.png").write_bytes(write_png(strip))
    read = cv2.imread(str(tmp_path / "strip.png"))
    assert read is not None
    np.testing.assert_array_equal(cv2.cvtColor(read, cv2.COLOR_BGR2RGB), strip)
