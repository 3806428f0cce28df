"""The model repository is what Triton's own schema knows, and says what the graphs say."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import text_format

from service.__main__ import main
from service.settings import shipped_weights
from tests.service.serving import TINY

schema = pytest.importorskip("tritonclient.grpc.model_config_pb2", reason="the extra `triton`")
PARTS = ("frame_encoder", "pair_head", "window_head")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LIVENESS_WEIGHTS", str(TINY))
    monkeypatch.setenv("LIVENESS_MAX_BATCH", "16")
    monkeypatch.setenv("LIVENESS_MAX_WAIT_MS", "2.5")
    monkeypatch.setenv("LIVENESS_MAX_QUEUE", "99")
    for _ in range(2):  # the second time over the first
        assert main(["triton-repository", str(tmp_path / "out")]) == 0
    return tmp_path / "out"


def name_of(part: str) -> str:
    digest = hashlib.sha256((TINY / f"{part}.onnx").read_bytes()).hexdigest()
    return f"liveness_{part}_{digest[:12]}"


def config(repository: Path, part: str) -> Any:
    text = (repository / name_of(part) / "config.pbtxt").read_text()
    return text_format.Parse(text, schema.ModelConfig())


def test_each_graph_lies_there_as_it_is_here_under_its_hash(repository: Path) -> None:
    assert sorted(each.name for each in repository.iterdir()) == sorted(map(name_of, PARTS))
    for part in PARTS:
        graph = (TINY / f"{part}.onnx").read_bytes()
        assert (repository / name_of(part) / "1/model.onnx").read_bytes() == graph


def test_graphs_of_two_versions_lie_beside_each_other(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVENESS_WEIGHTS", str(shipped_weights()))
    assert main(["triton-repository", str(repository)]) == 0
    assert len(list(repository.iterdir())) == 2 * len(PARTS)
    assert (repository / name_of("pair_head")).is_dir()


def test_the_server_batches_by_the_service_s_settings_and_keeps_no_sequence(repository: Path) -> None:
    for part in PARTS:
        said = config(repository, part)
        assert (said.name, said.platform, said.max_batch_size) == (name_of(part), "onnxruntime_onnx", 16)
        assert said.dynamic_batching.max_queue_delay_microseconds == 2500
        assert said.dynamic_batching.default_queue_policy.max_queue_size == 99
        assert said.WhichOneof("scheduling_choice") == "dynamic_batching"


def test_a_number_per_item_is_a_vector_of_one_there(repository: Path) -> None:
    outputs = {each.name: each for each in config(repository, "window_head").output}
    probability = outputs["bona_fide_probability"]
    assert (list(probability.dims), list(probability.reshape.shape)) == ([1], [])
    assert probability.HasField("reshape")
    assert not outputs["refined_depth"].HasField("reshape")


def test_weights_that_are_not_there_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIVENESS_WEIGHTS", str(tmp_path / "none"))
    assert main(["triton-repository", str(tmp_path / "out")]) == 2
    assert "LIVENESS_WEIGHTS" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
