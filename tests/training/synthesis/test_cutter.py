"""Portraits are cut with recorded boxes, and boxes are found where portraits and figures are both at hand."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data

from training.synthesis.content import is_portrait, portrait_content
from training.synthesis.cutter import Box, cut_portraits, find_boxes, read_boxes, write_boxes
from training.synthesis.library import MissingAssetsError

BOX = Box("smiles top_3_007".replace(" ", "_"), "smiles top_3.jpg", 60, 80, 120, 110)


def figures(folder: Path) -> Path:
    """A figure of a name with a blank, as some upstream have."""
    folder.mkdir()
    cv2.imwrite(str(folder / BOX.figure), skimage.data.astronaut()[..., ::-1])
    return folder


def portraits(folder: Path, figure: Path) -> Path:
    """A portrait cut and saved by somebody else's JPEG library, as far as quality goes."""
    folder.mkdir()
    pixels = cv2.imread(str(figure / BOX.figure), cv2.IMREAD_COLOR)
    assert pixels is not None
    part = pixels[BOX.top : BOX.top + BOX.height, BOX.left : BOX.left + BOX.width]
    cv2.imwrite(str(folder / f"{BOX.name}.jpg"), part, [cv2.IMWRITE_JPEG_QUALITY, 88])
    return folder


def test_a_box_is_cut_from_its_figure(tmp_path: Path) -> None:
    assert cut_portraits(figures(tmp_path / "figures"), [BOX], tmp_path / "cut") == 1
    cut = cv2.imread(str(tmp_path / "cut" / f"{BOX.name}.jpg"), cv2.IMREAD_COLOR_RGB)
    assert cut is not None
    wanted = skimage.data.astronaut()[80:190, 60:180]
    assert cut.shape == wanted.shape
    assert np.abs(cut.astype(int) - wanted).mean() < 4


def test_what_is_cut_already_is_kept(tmp_path: Path) -> None:
    folder = figures(tmp_path / "figures")
    cut_portraits(folder, [BOX], tmp_path / "cut")
    assert cut_portraits(folder, [BOX], tmp_path / "cut") == 0


def test_a_box_is_found_again_in_the_figure_its_portrait_is_named_after(tmp_path: Path) -> None:
    folder = figures(tmp_path / "figures")
    found, missing = find_boxes(folder, portraits(tmp_path / "t2i", folder).glob("*.jpg"))
    assert (found, missing) == ((BOX,), ())


def test_a_portrait_that_is_not_in_the_figure_gets_no_box(tmp_path: Path) -> None:
    folder = portraits(tmp_path / "t2i", figures(tmp_path / "figures"))
    cv2.imwrite(str(folder / f"{BOX.name}.jpg"), skimage.data.cat()[:110, :120, ::-1])
    found, missing = find_boxes(tmp_path / "figures", folder.glob("*.jpg"))
    assert (found, missing) == ((), (BOX.name,))


def test_a_cut_portrait_is_recognised_whatever_wrote_its_bytes(tmp_path: Path) -> None:
    folder = figures(tmp_path / "figures")
    original = portraits(tmp_path / "t2i", folder) / f"{BOX.name}.jpg"
    cut_portraits(folder, [BOX], tmp_path / "cut")
    assert is_portrait(tmp_path / "cut" / original.name, {BOX.name: portrait_content(original)})


def test_another_person_of_the_same_name_is_not_recognised(tmp_path: Path) -> None:
    original = portraits(tmp_path / "t2i", figures(tmp_path / "figures")) / f"{BOX.name}.jpg"
    known = {BOX.name: portrait_content(original)}
    cv2.imwrite(str(original), skimage.data.cat()[:110, :120, ::-1])
    assert not is_portrait(original, known)


def test_boxes_survive_being_written(tmp_path: Path) -> None:
    write_boxes([BOX], tmp_path / "boxes.csv")
    assert read_boxes(tmp_path / "boxes.csv") == (BOX,)


def test_without_boxes_it_is_said_how_to_get_the_portraits(tmp_path: Path) -> None:
    with pytest.raises(MissingAssetsError, match=r"--assets.*--find-boxes"):
        read_boxes(tmp_path / "boxes.csv")


def test_a_box_beyond_its_figure_is_refused(tmp_path: Path) -> None:
    wide = Box("a", BOX.figure, 500, 500, 120, 110)
    with pytest.raises(MissingAssetsError, match="another figure"):
        cut_portraits(figures(tmp_path / "figures"), [wide], tmp_path / "cut")
