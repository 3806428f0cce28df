"""DMAD, in the layout that this project gave it, on a miniature tree."""

import cv2
import numpy as np

from model.card import SamplingRule
from training.datasets.dmad import list_samples
from training.datasets.footage import read_footage
from training.datasets.sample import DepthFormat


def plant(folder, *, count: int = 15) -> None:
    folder.mkdir(parents=True)
    for number in range(1, count + 1):
        stem = f"{folder.name}_{number:03d}"
        cv2.imwrite(str(folder / f"{stem}_scene.jpg"), np.full((48, 64, 3), 8 * number, np.uint8))
        depth = np.full((48, 64), 400 + number, np.uint16)
        depth[:, :10] = 0
        cv2.imwrite(str(folder / f"{stem}_depth.png"), depth)


def test_a_sound_tree_is_read_with_its_materials(tmp_path) -> None:
    for name in ("Train/001_1_1", "Train/001_1_3", "Dev/101_2_2", "Test/300_3_3"):
        plant(tmp_path / name, count=1)
    listing = list_samples(tmp_path)
    assert listing.problems == ()
    assert [(each.split, each.subject, each.session, each.species) for each in listing.samples] == [
        ("train", "001", "1", "bona_fide"),
        ("train", "001", "1", "replay_amoled"),
        ("dev", "101", "2", "print_coated"),
        ("test", "300", "3", "replay_ips_tft"),
    ]
    assert {each.depth_format for each in listing.samples} == {DepthFormat.MILLIMETRES}


def test_depth_comes_in_metres_with_its_own_frame(tmp_path) -> None:
    plant(tmp_path / "Train/001_1_1")
    (sample,) = list_samples(tmp_path).samples
    footage = read_footage(sample, SamplingRule())
    assert [frame.index for frame in footage.frames] == [0, 3, 6, 9, 12]
    for frame, depth in zip(footage.frames, footage.depths, strict=True):
        assert depth is not None
        np.testing.assert_allclose(depth[:, 20:], 0.401 + frame.index / 1000, atol=1e-6)
        assert not depth[:, :10].any()


def test_each_wrong_name_is_one_line(tmp_path) -> None:
    plant(tmp_path / "Train/101_1_1", count=1)
    plant(tmp_path / "Dev/101_4_1", count=1)
    (tmp_path / "Test/201_1_1").mkdir(parents=True)
    assert [str(problem) for problem in list_samples(tmp_path).problems] == [
        "Train/101_1_1: subject 101 is not one of Train's",
        "Dev/101_4_1: not SUBJECT_SESSION_ACCESS, e.g. 001_1_1",
        "Test/201_1_1: the folder is empty",
    ]
