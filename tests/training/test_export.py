"""Nothing is written unless every graph says what the network says."""

import copy
import hashlib
import tomllib
from dataclasses import replace
from pathlib import Path

import onnx
import pytest
import torch

from model.card import METADATA_KEY, CardError, ModelCard
from model.network.liveness import LivenessNet, fused
from tests.golden.make_golden import WEIGHTS, card_of, tiny_net
from training import export as exporting
from training.export import export, write_manifest
from training.graphs import OPSET, sample_inputs, served_graphs
from training.parity import DriftError, GraphFiles, check_parity, drift

CARD = card_of(0.5)
NAMES = ("frame_encoder", "pair_head", "window_head", "clip")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny network, exported once."""
    folder = tmp_path_factory.mktemp("weights") / "tiny"
    export(tiny_net(), CARD, folder)
    return folder


def test_four_graphs_are_written_and_nothing_else_is_left_beside_them(exported: Path) -> None:
    assert {file.name for file in exported.iterdir()} == {f"{name}.onnx" for name in NAMES}
    assert [file.name for file in exported.parent.iterdir()] == ["tiny"]


@pytest.mark.parametrize("name", NAMES)
def test_every_graph_carries_the_card_and_a_free_batch_size(name: str, exported: Path) -> None:
    graph = onnx.load(exported / f"{name}.onnx")
    metadata = {each.key: each.value for each in graph.metadata_props}
    assert ModelCard.from_json(metadata[METADATA_KEY]) == CARD
    assert [each.version for each in graph.opset_import if not each.domain] == [OPSET]
    for each in (*graph.graph.input, *graph.graph.output):
        first, *others = each.type.tensor_type.shape.dim
        assert first.dim_param == "batch"
        assert all(size.dim_value > 0 for size in others)


@pytest.mark.parametrize("name", NAMES)
def test_no_graph_holds_a_path_of_the_machine_that_made_it(name: str, exported: Path) -> None:
    data = (exported / f"{name}.onnx").read_bytes()
    assert b"site-packages" not in data
    assert str(Path(__file__).parents[2]).encode() not in data


def test_a_card_that_contradicts_the_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CardError, match="face_size = 128"):
        export(tiny_net(), replace(CARD, face_size=128), tmp_path / "tiny")
    assert list(tmp_path.iterdir()) == []


def test_a_graph_that_drifts_is_named_and_nothing_is_written(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The graphs on disk are those of other weights than the network that they are compared with."""
    files = {name: (exported / f"{name}.onnx").read_bytes() for name in NAMES}
    monkeypatch.setattr(exporting, "to_onnx", lambda graph, _example, _card: files[graph.name])
    other = changed(tiny_net())
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "clip.onnx").write_bytes(b"what was there")
    with pytest.raises(DriftError, match="drifts by") as caught:
        export(other, CARD, folder)
    assert caught.value.drift > 1e-4
    assert caught.value.output in str(caught.value)
    assert [file.name for file in tmp_path.rglob("*")] == ["tiny", "clip.onnx"]
    assert (folder / "clip.onnx").read_bytes() == b"what was there"


def test_a_new_export_replaces_the_graphs_and_keeps_what_else_lies_there(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {name: (exported / f"{name}.onnx").read_bytes() for name in NAMES}
    monkeypatch.setattr(exporting, "to_onnx", lambda graph, _example, _card: files[graph.name])
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "clip.onnx").write_bytes(b"old")
    (folder / "MODEL_CARD.md").write_text("what these weights are for")
    drifts = export(tiny_net(), CARD, folder)
    assert max(drifts.values()) <= 1e-4
    assert (folder / "clip.onnx").read_bytes() == files["clip"]
    assert (folder / "MODEL_CARD.md").read_text() == "what these weights are for"


def test_parity_looks_at_every_output_and_at_the_folded_stream(exported: Path) -> None:
    graphs = served_graphs(fused(tiny_net()))
    found = check_parity(exported, graphs, tiny_net().config, seed=7)
    assert {f"{graph.name}.{output}" for graph in graphs for output in graph.outputs} < set(found)
    assert {f"stream.{output}" for output in graphs[-1].outputs} < set(found)


@pytest.mark.parametrize("batch", [1, 2, 7])
def test_a_graph_takes_any_batch(batch: int, exported: Path) -> None:
    graphs = served_graphs(fused(tiny_net()))
    inputs = sample_inputs(graphs, tiny_net().config, batch=batch, generator=torch.Generator().manual_seed(1))
    files = GraphFiles(exported, NAMES)
    for graph in graphs:
        said = files.run(graph.name, *(each.numpy() for each in inputs[graph.name]))
        assert all(len(output) == batch for output in said)


def test_an_answer_that_is_not_finite_or_of_another_shape_drifts_without_bound() -> None:
    zeros, wrong = torch.zeros(2).numpy(), torch.full((2,), float("nan")).numpy()
    assert drift(wrong, zeros) == drift(zeros, torch.zeros(3).numpy()) == float("inf")


def test_the_manifest_names_each_file_with_its_hash_and_keeps_the_other_folders(
    exported: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "tiny"
    folder.mkdir()
    for name in NAMES:
        (folder / f"{name}.onnx").write_bytes((exported / f"{name}.onnx").read_bytes())
    (tmp_path / "MANIFEST.toml").write_text(
        '["paper/clip.onnx"]\nsha256 = "ab"\n\n["tiny/gone.onnx"]\nbytes = 1\n'
    )
    entries = tomllib.loads(write_manifest(folder, replace(CARD, training_run='said "so"')).read_text())
    assert set(entries) == {"paper/clip.onnx", *(f"tiny/{name}.onnx" for name in NAMES)}
    clip = (folder / "clip.onnx").read_bytes()
    assert entries["tiny/clip.onnx"] == {
        "sha256": hashlib.sha256(clip).hexdigest(),
        "bytes": len(clip),
        "licence": "Apache-2.0",
        "training_run": 'said "so"',
    }


def test_the_stored_tiny_graphs_are_small_enough_to_keep() -> None:
    assert sum(file.stat().st_size for file in WEIGHTS.glob("*.onnx")) < 1_000_000


def changed(net: LivenessNet) -> LivenessNet:
    other = copy.deepcopy(net)
    with torch.no_grad():
        other.frame_net.depth.weight += 0.01
    return other
