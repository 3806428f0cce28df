"""A sample's frames, from the containers that the data sets use and from extracted pictures."""

import cv2
import numpy as np
import pytest

from model.card import SamplingRule
from training.datasets.footage import FootageError, probe, read_footage
from training.datasets.sample import BoxFormat, DepthFormat, Sample

RULE = SamplingRule()


def sample(path, **given) -> Sample:
    factors = {"split": "train", "subject": "1", "session": "", "camera": "", "species": "bona_fide"}
    return Sample(name=path.name, data_set="x", path=path, **(factors | given))


def pictures(folder, numbers, *, size=(48, 64)) -> None:
    folder.mkdir()
    for number in numbers:
        cv2.imwrite(str(folder / f"v_{number:03d}_scene.jpg"), np.full((*size, 3), 5 * number, np.uint8))


@pytest.mark.parametrize("suffix", [".avi", ".mov", ".mp4"])
def test_every_third_frame_of_a_video_is_read(tree, suffix: str) -> None:
    footage = read_footage(sample(tree([f"v{suffix}"]) / f"v{suffix}"), RULE)
    assert [frame.index for frame in footage.frames] == list(range(0, 24, 3))
    assert [frame.pixels_HW3.mean() for frame in footage.frames] == pytest.approx(
        [8 * i for i in range(0, 24, 3)], abs=4
    )
    assert set(footage.boxes) == set(footage.depths) == {None}


def test_boxes_are_scaled_with_the_picture(tmp_path, encode_video) -> None:
    encode_video(tmp_path / "v.avi", [np.zeros((720, 1280, 3), np.uint8)] * 4)
    (tmp_path / "v.face").write_text("0 100 200 300 400\n")
    one = sample(tmp_path / "v.avi", boxes=tmp_path / "v.face", box_format=BoxFormat.LEFT_TOP_WIDTH_HEIGHT)
    footage = read_footage(one, RULE)
    assert footage.frames[0].pixels_HW3.shape == (360, 640, 3)
    assert footage.boxes == ((50, 100, 200, 300), None)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not a video at all", "no video container that can be read"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "cannot be decoded"),
    ],
)
def test_a_video_that_cannot_be_read_says_why(tmp_path, content: bytes, message: str) -> None:
    (tmp_path / "v.avi").write_bytes(content)
    with pytest.raises(FootageError, match=message):
        read_footage(sample(tmp_path / "v.avi"), RULE)
    with pytest.raises(FootageError, match="cannot be decoded"):
        probe(sample(tmp_path / "v.avi"))


def test_a_video_that_is_gone_says_so(tmp_path) -> None:
    with pytest.raises(FootageError, match="cannot be read: No such file"):
        read_footage(sample(tmp_path / "v.avi"), RULE)


def test_extracted_frames_are_30_a_second(tmp_path) -> None:
    pictures(tmp_path / "v", range(1, 14))
    footage = read_footage(sample(tmp_path / "v"), RULE)
    assert [frame.index for frame in footage.frames] == [0, 3, 6, 9, 12]
    assert [frame.time for frame in footage.frames] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])


def test_a_missing_frame_leaves_its_gap_in_time(tmp_path) -> None:
    pictures(tmp_path / "v", [n for n in range(1, 32) if n not in (4, 5, 6)])
    footage = read_footage(sample(tmp_path / "v"), RULE)
    assert footage.frames[1].time >= 0.06
    assert footage.frames[-1].time == pytest.approx(1.0, abs=0.04)
    with pytest.raises(FootageError, match="frames are missing: 4-6"):
        probe(sample(tmp_path / "v"))


def test_relief_depth_is_nearer_where_brighter_and_0_off_the_face(tmp_path) -> None:
    pictures(tmp_path / "v", range(1, 5))
    for number in (1, 4):
        relief = np.zeros((48, 64), np.uint8)
        relief[16:32, 16:32], relief[16:32, 32:48] = 255, 128
        cv2.imwrite(str(tmp_path / f"v/v_{number:03d}_depth1D.jpg"), relief)
    (tmp_path / "v/v_001_scene.dat").write_text("10\n12\n30\n20\n")
    footage = read_footage(sample(tmp_path / "v", depth_format=DepthFormat.RELIEF), RULE)
    assert footage.boxes == ((10, 12, 40, 32), None)
    depth = footage.depths[0]
    assert depth is not None
    assert 0 < depth[24, 20] < depth[24, 44]
    assert depth[2, 2] == 0


def test_a_picture_that_cannot_be_decoded_is_named(tmp_path) -> None:
    pictures(tmp_path / "v", range(1, 5))
    (tmp_path / "v/v_004_scene.jpg").write_bytes(b"half a picture")
    with pytest.raises(FootageError, match=r"v_004_scene\.jpg cannot be decoded"):
        read_footage(sample(tmp_path / "v"), RULE)


def test_a_folder_without_numbered_pictures_is_refused(tmp_path) -> None:
    (tmp_path / "v").mkdir()
    (tmp_path / "v/cover.jpg").write_bytes(b"")
    with pytest.raises(FootageError, match="no numbered frames"):
        read_footage(sample(tmp_path / "v"), RULE)
