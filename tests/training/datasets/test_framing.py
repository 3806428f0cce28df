"""Which frames and which face of a video a capture shows, and what its picture holds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from model.clip import Frame
from training.datasets.framing import choose_face, longest_run, picture_square


@given(st.lists(st.booleans(), max_size=30))
def test_no_run_of_frames_with_a_face_is_longer_than_the_one_kept(flags: list[bool]) -> None:
    run = longest_run(flags)
    assert all(flags[run])
    assert run.stop - run.start == max(map(len, "".join(" x"[flag] for flag in flags).split()), default=0)


def test_the_longest_run_is_the_first_of_the_longest() -> None:
    assert longest_run([True, False, True, True, False, True, True]) == slice(2, 4)
    assert longest_run([False]) == slice(0, 0)


def test_the_data_sets_box_chooses_among_faces(drawn_faces) -> None:
    faces = drawn_faces(centres=(20.0, 90.0)).find(Frame(np.zeros((48, 120, 3), np.uint8), 0.0, 0))
    assert choose_face(faces, None) is faces[0]
    assert choose_face(faces, (75.0, 5.0, 110.0, 45.0)) is faces[1]
    assert choose_face((), None) is None


def test_the_picture_holds_every_face_of_the_run(drawn_faces) -> None:
    finder = drawn_faces(centres=(30.0,))
    faces = [finder.find(Frame(np.zeros((48, 64, 3), np.uint8), 0.0, i))[0] for i in (0, 60)]
    square = picture_square(faces)
    assert square.left < 30 - 1.7 * 20
    assert square.left + square.side > 40 + 1.7 * 20
