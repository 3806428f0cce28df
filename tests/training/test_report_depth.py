"""Hard samples as pictures: found again by group and species, drawn row by row, named for what went wrong."""

import asyncio
import math
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from model.clip import FloatArray
from model.engine import WindowDepth
from model.judge import judge_clip
from model.quality import QualityGates
from tests.model.scripted import CARD, CountingEngine, Faces, film, person
from tests.training.datasets.test_capture import capture
from tests.training.test_scores import row
from training.datasets.capture import write_group
from training.report.depth import TILE, depth_picture, file_name, find_captures, write_picture


class Sloped(CountingEngine):
    """Temporal depth 1, refined depth 0."""

    async def window(self, _: FloatArray, coarse_Phw: FloatArray) -> WindowDepth:
        return WindowDepth(np.ones_like(coarse_Phw), np.zeros_like(coarse_Phw), 0.5)


def test_a_picture_has_a_column_a_pair_and_a_row_for_the_face_and_each_depth() -> None:
    judged = judge_clip(film(10), faces=Faces(person(10)), engine=Sloped(CARD), gates=QualityGates())
    picture = depth_picture(asyncio.run(judged))
    assert picture is not None
    pitch = TILE + 4
    assert picture.shape == (4 * pitch - 4, CARD.num_pairs * pitch - 4, 3)
    brightness = [picture[i * pitch : i * pitch + TILE, :TILE].mean() for i in range(4)]
    assert brightness[2] > brightness[1] > brightness[3]


def test_a_capture_without_a_window_has_no_picture() -> None:
    judged = judge_clip(film(3), faces=Faces(person(3)), engine=Sloped(CARD), gates=QualityGates())
    assert depth_picture(asyncio.run(judged)) is None


def test_a_row_finds_its_capture_and_one_that_is_gone_is_left_out(tmp_path: Path) -> None:
    write_group(tmp_path, (capture(), capture("print_flat", count=5)))
    rows = [row(species="print_flat", group=7), row(species="replay", group=7), row(group=8)]
    found = list(find_captures(tmp_path, "train", rows))
    assert [(each.species, stored.species) for each, stored in found] == [("print_flat", "print_flat")]


def test_who_looks_like_a_child_is_not_drawn(tmp_path: Path) -> None:
    write_group(tmp_path, (replace(capture(), factors={"age_group": "child"}),))
    assert not list(find_captures(tmp_path, "train", [row(species="bona_fide", group=7)]))


def test_the_name_says_what_went_wrong() -> None:
    assert file_name(row(0.61, species="replay", group=3)) == "replay_accepted,_group_3,_score_0.610.png"
    rejected = replace(row(0.2, decision="attack"), depth_score=math.nan)
    assert file_name(rejected).startswith("bona_fide_rejected")


def test_a_written_picture_is_read_back_in_its_colours(tmp_path: Path) -> None:
    picture = np.zeros((4, 4, 3), np.uint8)
    picture[..., 0] = 200
    write_picture(picture, tmp_path / "depth" / "x.png")
    back = cv2.imread(str(tmp_path / "depth" / "x.png"), cv2.IMREAD_COLOR_RGB)
    np.testing.assert_array_equal(back, picture)
