"""Assets: checked by hash, split by identity, cleaned of near-duplicates."""

import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data

from model.clip import NUM_LANDMARKS, PixelArray
from training.synthesis.assets import MANIFEST, check_folder, sources
from training.synthesis.duplicates import drop_near_duplicates, near_duplicates
from training.synthesis.library import Library, MissingAssetsError, split_of


def manifest(folder: Path, content: bytes) -> Path:
    path = folder / "manifest.csv"
    path.write_text(f"file,sha256\nheads/one.glb,{hashlib.sha256(content).hexdigest()}\n")
    return path


def asset(folder: Path, content: bytes) -> None:
    (folder / "heads").mkdir()
    (folder / "heads/one.glb").write_bytes(content)


def portrait(path: Path, pixels: PixelArray, quality: int) -> None:
    """A prepared portrait, as far as comparing needs it; the face is its middle."""
    _, picture = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    landmarks = np.zeros((NUM_LANDMARKS, 3), np.float32)
    landmarks[:, :2] = np.linspace(0.2, 0.8, NUM_LANDMARKS)[:, None] * pixels.shape[0]
    np.savez(path, picture=picture.ravel(), landmarks_L3=landmarks)


def test_files_that_match_the_manifest_are_counted(tmp_path: Path) -> None:
    asset(tmp_path, b"head")
    assert check_folder(tmp_path, manifest(tmp_path, b"head")) == 1


def test_a_changed_file_is_named_with_where_it_comes_from(tmp_path: Path) -> None:
    asset(tmp_path, b"another head")
    with pytest.raises(MissingAssetsError, match=r"heads/one\.glb.*github\.com"):
        check_folder(tmp_path, manifest(tmp_path, b"head"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingAssetsError, match=r"heads/one\.glb"):
        check_folder(tmp_path, manifest(tmp_path, b"head"))


def test_every_folder_of_the_manifest_has_a_source_and_a_licence() -> None:
    files = [line.split(",")[0] for line in MANIFEST.read_text().splitlines()[1:]]
    known = tuple(entry["path"] for entry in sources()["folder"] if entry["source"] and entry["licence"])
    assert len(files) > 900
    assert all(name.startswith(known) for name in files)


def test_an_unprepared_folder_says_which_command_prepares_it(tmp_path: Path) -> None:
    with pytest.raises(MissingAssetsError, match="python -m training assets"):
        Library(tmp_path)


def test_identities_are_split_about_as_announced() -> None:
    splits = [split_of(f"person {index}") for index in range(4000)]
    shares = [splits.count(split) / 4000 for split in ("train", "dev", "test")]
    assert shares == pytest.approx([0.7, 0.1, 0.2], abs=0.03)


def test_two_people_whose_hashes_agree_are_both_kept(tmp_path: Path) -> None:
    """Low frequencies agree, the faces do not: their fine pattern is another one."""
    rng = np.random.default_rng(4)
    coarse = cv2.resize(skimage.data.astronaut()[:256, 100:356], (256, 256)).astype(np.float32)
    for name in ("a", "b"):
        grain = cv2.resize(rng.normal(0, 120, (24, 24)).astype(np.float32), (256, 256))[..., None]
        portrait(tmp_path / f"{name}.npz", np.clip(coarse * 0.4 + 70 + grain, 0, 255).astype(np.uint8), 95)
    assert drop_near_duplicates(tmp_path) == {}


def test_a_picture_under_two_names_is_kept_once(tmp_path: Path) -> None:
    person = skimage.data.astronaut()[:256, 100:356]
    portrait(tmp_path / "a.npz", person, 95)
    portrait(tmp_path / "b.npz", person, 40)
    portrait(tmp_path / "c.npz", skimage.data.cat()[:256, :256], 95)
    assert drop_near_duplicates(tmp_path) == {"b": "a"}
    assert near_duplicates(tmp_path) == {"b"}
    assert sorted(path.stem for path in tmp_path.glob("*.npz")) == ["a", "c"]
