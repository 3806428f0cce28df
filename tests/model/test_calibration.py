"""A calibration survives its file, fits its own graphs, and refuses all others."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from model.calibration import GRAPHS, Calibration, CalibrationError, Counted, graph_hashes
from tests.model.test_card import CARD

RATE = Counted(count=3, total=200, low=0.003, high=0.043)
CALIBRATION = Calibration(
    threshold=0.51,
    threshold_low=0.49,
    threshold_high=0.53,
    target_bpcer=0.02,
    bpcer=RATE,
    bpnrr=RATE,
    apcer={"print": RATE},
    apnrr={"print": RATE},
    model="compact 0.1.0",
    graphs={"frame_encoder.onnx": "ab", "pair_head.onnx": "cd"},
    source="a folder of clips",
    made="2030-01-02",
)


def test_a_calibration_survives_the_round_trip() -> None:
    assert Calibration.from_json(CALIBRATION.to_json()) == CALIBRATION


@pytest.mark.parametrize(
    "change", [{"surprise": 1}, {"threshold": "high"}, {"format": 2}, {"bpcer": {"count": 1}}]
)
def test_an_unknown_or_ill_typed_key_is_an_error(change: dict[str, object]) -> None:
    with pytest.raises(CalibrationError):
        Calibration.from_json(json.dumps(json.loads(CALIBRATION.to_json()) | change))


def test_it_changes_the_threshold_and_nothing_else_of_the_card() -> None:
    assert CALIBRATION.applied_to(CARD, CALIBRATION.graphs) == replace(CARD, threshold=0.51)


def test_it_refuses_other_graphs_and_names_them() -> None:
    with pytest.raises(CalibrationError, match=r"pair_head\.onnx differ"):
        CALIBRATION.applied_to(CARD, {**CALIBRATION.graphs, "pair_head.onnx": "ef"})


def test_graphs_are_known_by_their_content_and_by_no_other_file(tmp_path: Path) -> None:
    for name in (*GRAPHS, "clip.onnx"):
        (tmp_path / name).write_bytes(b"abc")
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert graph_hashes(tmp_path) == dict.fromkeys(GRAPHS, digest)


def test_a_folder_without_one_of_the_graphs_is_an_error(tmp_path: Path) -> None:
    (tmp_path / GRAPHS[0]).write_bytes(b"abc")
    with pytest.raises(CalibrationError, match=r"no pair_head\.onnx, window_head\.onnx"):
        graph_hashes(tmp_path)
