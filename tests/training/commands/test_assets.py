"""`assets` as its users meet it."""

import argparse
from pathlib import Path

import cv2
import pytest
import skimage.data

from training.commands import assets
from training.synthesis.cutter import Box, cut_portraits, read_boxes
from training.synthesis.library import MissingAssetsError


def arguments(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    assets.add_arguments(parser)
    return parser.parse_args(given)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working copy, with nothing set and nothing beside it."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("LIVENESS_ASSETS", raising=False)
    return folder


@pytest.mark.usefixtures("checkout")
def test_a_folder_that_lacks_files_is_named_with_their_sources(tmp_path: Path) -> None:
    with pytest.raises(MissingAssetsError, match=r"989 of 989 files in .*mine.*github\.com"):
        assets.run(arguments("--assets", str(tmp_path / "mine"), "--check-only"))


@pytest.mark.usefixtures("checkout")
def test_without_portraits_only_the_other_files_are_asked_for(tmp_path: Path) -> None:
    with pytest.raises(MissingAssetsError, match=r"36 of 36 files in .*mine") as raised:
        assets.run(arguments("--assets", str(tmp_path / "mine"), "--check-only", "--without-portraits"))
    assert "faces/t2i" not in str(raised.value)


def test_the_folder_beside_the_checkout_is_taken_where_it_is(checkout: Path) -> None:
    (checkout.parent / "shared" / "assets").mkdir(parents=True)
    with pytest.raises(MissingAssetsError, match=r"files in \.\./shared/assets"):
        assets.run(arguments("--check-only"))


@pytest.mark.usefixtures("checkout")
def test_without_any_folder_it_is_the_checkouts_own() -> None:
    with pytest.raises(MissingAssetsError, match="files in assets are missing"):
        assets.run(arguments("--check-only"))


def test_the_environment_names_the_folder(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVENESS_ASSETS", str(checkout / "elsewhere"))
    with pytest.raises(MissingAssetsError, match=r"files in .*elsewhere"):
        assets.run(arguments("--check-only"))


def test_boxes_that_were_found_cut_the_same_portraits(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    box = Box("smiles_top_3_007", "smiles top_3.jpg", 40, 20, 128, 128)
    (checkout / "figures").mkdir()
    cv2.imwrite(str(checkout / "figures" / box.figure), skimage.data.astronaut()[..., ::-1])
    cut_portraits(checkout / "figures", [box], checkout / "assets/faces/t2i")
    assets.run(arguments("--find-boxes", "figures", "--out", "out"))
    assert read_boxes(checkout / "out/portrait_boxes.csv") == (box,)
    assert "1 portraits found, 0 not" in capsys.readouterr().out
