"""Labelled captures keep the protocols of the data set that they come from."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.training.datasets.test_own import capture
from training.datasets.capture import write_group
from training.datasets.catalogue import stored_protocol, stored_protocols
from training.datasets.own import read_selected
from training.datasets.sample import DataSetError
from training.protocols import EVERYTHING, OULU_NPU, SIW


def test_captures_of_oulu_npu_have_its_protocols_though_no_species_is_new_in_test(tmp_path: Path) -> None:
    for group, split in enumerate(("train", "dev", "test")):
        shown = [
            replace(capture(species, data_set="oulu-npu"), group=group, split=split)
            for species in ("bona_fide", "print_1", "print_2")
        ]
        write_group(tmp_path, shown)
    assert stored_protocol(tmp_path, "3_6") is OULU_NPU["3_6"]
    assert stored_protocols(tmp_path) == OULU_NPU
    assert stored_protocol(tmp_path, "all") is EVERYTHING
    with pytest.raises(DataSetError, match="OULU-NPU has no protocol 5"):
        stored_protocol(tmp_path, "5")


def test_siws_first_protocol_learns_from_the_first_60_frames(tmp_path: Path) -> None:
    film = capture(data_set="siw", frame_indices=list(range(0, 100, 5)))
    path = write_group(tmp_path, [film])
    protocol = stored_protocol(tmp_path, "1")
    assert protocol is SIW["1"]
    (kept,) = read_selected(path, protocol)
    assert len(kept.frames) == 12


def test_captures_of_two_data_sets_have_no_protocol_in_common(tmp_path: Path) -> None:
    write_group(tmp_path, [capture(data_set="siw")])
    write_group(tmp_path, [replace(capture(data_set="oulu-npu"), group=4)])
    with pytest.raises(DataSetError, match="oulu-npu, siw, which have no protocol in common"):
        stored_protocol(tmp_path, "1")
