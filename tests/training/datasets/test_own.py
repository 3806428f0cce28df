"""Our own captures, listed by their headers and filtered by a protocol."""

from pathlib import Path

import numpy as np
import pytest

from training.datasets.capture import Capture, write_group
from training.datasets.own import list_samples, select_captures
from training.datasets.sample import DataSetError
from training.protocols import Protocol, Selection


def capture(species: str = "bona_fide", **factors: object) -> Capture:
    return Capture(
        group=3,
        split="train",
        subject="ann",
        species=species,
        bona_fide=species == "bona_fide",
        frames=(b"jpeg",) * 20,
        times_T=np.arange(20) / 10,
        landmarks_TL3=np.zeros((20, 478, 3), np.float32),
        depth_THW=np.zeros((20, 4, 4), np.float32),
        factors={"session": 2, "camera": "phone", **factors},
    )


def test_each_capture_of_a_group_is_a_sample(tmp_path: Path) -> None:
    path = write_group(tmp_path, [capture(), capture("print_flat")])
    listing = list_samples(tmp_path)
    assert listing.problems == ()
    assert [(each.name, each.species) for each in listing.samples] == [
        ("train/000003#0", "bona_fide"),
        ("train/000003#1", "print_flat"),
    ]
    first = listing.samples[0]
    assert (first.subject, first.session, first.camera, first.path) == ("ann", "2", "phone", path)


def test_a_damaged_group_is_one_line(tmp_path: Path) -> None:
    write_group(tmp_path, [capture()])
    (tmp_path / "train" / "000009.npz").write_bytes(b"half")
    listing = list_samples(tmp_path)
    assert len(listing.samples) == 1
    assert [problem.where for problem in listing.problems] == ["train/000009.npz"]


def test_a_folder_without_splits_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="holds no captures"):
        list_samples(tmp_path)


def test_a_protocol_chooses_captures_by_their_factors() -> None:
    group = [capture(), capture("print_flat"), capture("monitor")]
    protocol = Protocol(name="x", train=Selection(species=frozenset({"monitor"}), sessions=frozenset({"2"})))
    assert [each.species for each in select_captures(group, protocol)] == ["bona_fide", "monitor"]


def test_a_protocol_of_the_first_frames_cuts_the_capture() -> None:
    group = [capture(frame_indices=list(range(6, 66, 3)))]
    (cut,) = select_captures(group, Protocol(name="x", train=Selection(first_frames=30)))
    assert len(cut.frames) == len(cut.times_T) == len(cut.landmarks_TL3) == len(cut.depth_THW) == 8
    assert cut.factors["frame_indices"][-1] == 27
