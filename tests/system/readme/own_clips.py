"""What the README asks its reader for, clips of one's own: the example clip and its wobbled stills."""

import csv
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from model.clip import PixelArray

SPLITS = ("train", "dev", "test")


def make_data_set(clip: Path, folder: Path) -> None:
    """`samples.csv` with one person and one print in each split."""
    folder.mkdir(parents=True)
    rows = []
    for seed, split in enumerate(SPLITS):
        rows += [
            (_living(clip, folder / f"{split}-person.mp4"), "bona_fide", ""),
            (_wobbled(clip, folder / f"{split}-print.mp4", seed=seed), "attack", "print"),
        ]
    with (folder / "samples.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "label", "species", "subject", "split"))
        for path, label, species in rows:
            split = path.name.partition("-")[0]
            writer.writerow((path.name, label, species, f"one-{split}", split))


def make_calibration_set(clip: Path, folder: Path, *, captures: int) -> None:
    """FOLDER/bona_fide and FOLDER/attack/print."""
    for name in ("bona_fide", "attack/print"):
        (folder / name).mkdir(parents=True)
    for number in range(captures):
        _living(clip, folder / "bona_fide" / f"{number}.mp4")
    _wobbled(clip, folder / "attack" / "print" / "0.mp4", seed=0)


def _living(clip: Path, target: Path) -> Path:
    target.write_bytes(clip.read_bytes())
    return target


def _wobbled(clip: Path, target: Path, *, seed: int) -> Path:
    """The clip's first picture, moved as a hand moves a print."""
    with av.open(str(clip)) as film:
        pictures = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    _write(target, _moved(pictures[0], len(pictures), seed=seed))
    return target


def _moved(still_HW3: PixelArray, count: int, *, seed: int) -> Iterator[PixelArray]:
    noise = np.random.default_rng(seed)
    for i in range(count):
        shift = np.array([[1, 0, 3 * np.sin(i / 3)], [0, 1, 2 * np.cos(i / 4)]])
        moved = cv2.warpAffine(still_HW3, shift, still_HW3.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
        yield np.clip(moved + noise.normal(0, 4, moved.shape), 0, 255).astype(np.uint8)


def _write(target: Path, pictures: Iterator[PixelArray]) -> None:
    with av.open(str(target), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(25))
        stream.pix_fmt = "yuv420p"
        for i, picture in enumerate(pictures):
            if i == 0:
                stream.height, stream.width = picture.shape[:2]
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
