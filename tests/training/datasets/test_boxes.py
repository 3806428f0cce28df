"""The data sets' ways to write down a face's box."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.datasets.boxes import overlap, read_boxes, read_frame_box
from training.datasets.sample import BoxFormat

sides = st.floats(0.5, 50)
boxes = st.tuples(st.floats(-50, 50), st.floats(-50, 50), sides, sides).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)


@pytest.mark.parametrize(
    ("box_format", "text"),
    [
        (BoxFormat.LEFT_TOP_WIDTH_HEIGHT, "0 0 0 0 0\n1 10 20 30 40\n"),
        (BoxFormat.NUMBERED_CORNERS, "1,10,20,40,60,15,30,35,30\n"),
        (BoxFormat.CORNERS, "0 0 0 0\n10 20 40 60\n"),
    ],
)
def test_each_format_gives_the_box_of_its_frame(tmp_path, box_format: BoxFormat, text: str) -> None:
    (tmp_path / "boxes").write_text(text)
    assert read_boxes(tmp_path / "boxes", box_format) == {1: (10, 20, 40, 60)}


def test_eyes_give_a_box_about_the_face(tmp_path) -> None:
    (tmp_path / "eyes").write_text("3,100,200,160,200\n")
    left, top, right, bottom = read_boxes(tmp_path / "eyes", BoxFormat.EYES)[3]
    assert left < 100
    assert right > 160
    assert top < 200 < bottom
    assert bottom - 200 > 200 - top


def test_lines_that_are_no_numbers_are_left_out(tmp_path) -> None:
    (tmp_path / "boxes").write_text("frame x y w h\n\n2 1 1 5\n3 1 1 5 5\n")
    assert read_boxes(tmp_path / "boxes", BoxFormat.LEFT_TOP_WIDTH_HEIGHT) == {3: (1, 1, 6, 6)}


def test_the_box_beside_an_extracted_frame_is_four_lines(tmp_path) -> None:
    (tmp_path / "a.dat").write_text("10\n20\n30\n40\n")
    (tmp_path / "b.dat").write_text("10\n")
    assert read_frame_box(tmp_path / "a.dat") == (10, 20, 40, 60)
    assert read_frame_box(tmp_path / "b.dat") is None


@given(boxes, boxes)
def test_overlap_is_symmetric_and_between_0_and_1(one, other) -> None:
    assert overlap(one, other) == pytest.approx(overlap(other, one))
    assert 0 <= overlap(one, other) <= 1
    assert overlap(one, one) == pytest.approx(1)
