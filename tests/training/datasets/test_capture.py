"""A group of captures comes back as it was written, and a half-written one is not seen."""

from pathlib import Path

import numpy as np
import pytest

from training.datasets.capture import Capture, list_groups, read_group, write_group


def capture(species: str = "bona_fide", *, count: int = 6) -> Capture:
    rng = np.random.default_rng(count)
    return Capture(
        group=7,
        split="train",
        subject="someone",
        species=species,
        bona_fide=species == "bona_fide",
        frames=tuple(rng.bytes(10 + i) for i in range(count)),
        times_T=np.arange(count) / 10,
        landmarks_TL3=rng.normal(size=(count, 478, 3)).astype(np.float32),
        depth_THW=rng.uniform(0.3, 0.6, (count, 8, 8)).astype(np.float16).astype(np.float32),
        factors={"camera": "phone", "session": 2},
    )


def test_a_group_survives_the_round_trip(tmp_path: Path) -> None:
    written = (capture(), capture("print_flat", count=5))
    write_group(tmp_path, written)
    (path,) = list_groups(tmp_path, "train")
    for before, after in zip(written, read_group(path), strict=True):
        assert after.frames == before.frames
        assert (after.species, after.bona_fide, after.factors) == (
            before.species,
            before.bona_fide,
            before.factors,
        )
        np.testing.assert_array_equal(after.landmarks_TL3, before.landmarks_TL3)
        np.testing.assert_array_equal(after.depth_THW, before.depth_THW)
        np.testing.assert_array_equal(after.times_T, before.times_T)


def test_an_unfinished_file_is_not_a_group(tmp_path: Path) -> None:
    write_group(tmp_path, (capture(),))
    (tmp_path / "train" / "tmpabc.partial").write_bytes(b"half")
    assert len(list_groups(tmp_path, "train")) == 1
    assert list_groups(tmp_path, "dev") == ()


def test_an_unknown_split_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="train, dev, test"):
        list_groups(tmp_path, "validation")
