"""Half precision where it does no harm: the outputs stay close, and strong gradients stay finite."""

from pathlib import Path

import numpy as np
import onnx
import pytest

from model.card import METADATA_KEY
from tests.service.serving import TINY
from training.half import GRAPHS, MissingGraphsError, kept_whole, write_half
from training.onnx_engine import cpu_session


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("half") / "tiny"
    write_half(TINY, target)
    return target


@pytest.mark.parametrize("name", GRAPHS)
def test_a_halved_graph_says_nearly_what_the_whole_one_says(half: Path, name: str) -> None:
    whole, halved = (cpu_session(folder / f"{name}.onnx") for folder in (TINY, half))
    random = np.random.default_rng(0)
    feed = {
        each.name: random.uniform(-0.5, 0.5, [2, *each.shape[1:]]).astype(np.float32)
        for each in whole.get_inputs()
    }
    for ours, theirs in zip(halved.run(None, feed), whole.run(None, feed), strict=True):
        assert ours.dtype == np.float32
        assert np.abs(ours - theirs).max() <= 0.03 * max(1, np.abs(theirs).max())  # 10 bits, random weights


def test_gradients_and_their_magnitude_stay_whole() -> None:
    graph = onnx.load(str(TINY / "frame_encoder.onnx")).graph
    kinds = {node.op_type for node in graph.node if node.name in kept_whole(graph)}
    assert {"Conv", "Mul", "Add", "Sqrt"} <= kinds
    main = [node for node in graph.node if node.op_type == "Conv" and node.name not in kept_whole(graph)]
    assert main


def test_the_halves_carry_the_card(half: Path) -> None:
    for name in GRAPHS:
        metadata = {each.key: each.value for each in onnx.load(str(half / f"{name}.onnx")).metadata_props}
        assert METADATA_KEY in metadata


def test_a_folder_without_graphs_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(MissingGraphsError, match="frame_encoder"):
        write_half(tmp_path, tmp_path / "half")
    assert not (tmp_path / "half").exists()
