"""The engine on real graphs: batching changes nothing, and nothing starts that does not fit together."""

import asyncio
import shutil
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.engine import Engine
from service.engine.embedded import EmbeddedEngine, open_embedded
from service.engine.graphs import Graph, SessionRule, load_graphs
from service.errors import CardMismatch, GpuRequired, StartError, WeightsMismatch
from service.settings import Provider
from service.timeline import Stage, Timeline
from tests.service.serving import TINY, settings

CPU = SessionRule(["CPUExecutionProvider"], 1)
NEVER = float("inf")
PARTS = ("frame_encoder.onnx", "pair_head.onnx", "window_head.onnx")


def with_engine(use: Callable[[EmbeddedEngine], Any], **changes: Any) -> list[int]:
    sizes: list[int] = []

    async def go() -> None:
        async with open_embedded(settings(**changes), observe_batch=sizes.append) as engine:
            await use(engine)

    asyncio.run(go())
    return sizes


async def all_passes(engine: Engine, seed: int) -> tuple[np.ndarray, ...]:
    """Five faces through the three graphs."""
    side, frames = engine.card.face_size, engine.card.num_frames
    faces = np.random.default_rng(seed).uniform(-0.5, 0.5, (frames, 3, side, side)).astype(np.float32)
    encoded = [await engine.encode(face) for face in faces]
    pairs = [await engine.pair(before.features, after.features) for before, after in pairwise(encoded)]
    said = await engine.window(np.stack(pairs), np.stack([each.coarse_hw for each in encoded[:-1]]))
    return said.temporal_Phw, said.refined_Phw, np.array(said.bona_fide_probability)


def test_captures_that_share_batches_get_what_each_gets_alone() -> None:
    alone: list[tuple[np.ndarray, ...]] = []
    together: list[tuple[np.ndarray, ...]] = []

    async def one(engine: EmbeddedEngine, seed: int) -> tuple[np.ndarray, ...]:
        with engine.capture(Timeline(), deadline=NEVER) as capture:
            return await all_passes(capture, seed)

    async def singly(engine: EmbeddedEngine) -> None:
        alone.extend([await one(engine, seed) for seed in range(7)])

    async def jointly(engine: EmbeddedEngine) -> None:
        together.extend(await asyncio.gather(*(one(engine, seed) for seed in range(7))))

    assert set(with_engine(singly)) == {1}
    assert max(with_engine(jointly)) > 1
    for ours, theirs in zip(alone, together, strict=True):
        for a, b in zip(ours, theirs, strict=True):
            assert np.all(np.abs(a - b) <= 1e-4 * np.maximum(1, np.abs(b)))


def test_the_parts_folded_over_five_faces_say_what_the_whole_clip_graph_says() -> None:
    side = load_graphs(TINY, CPU).card.face_size
    faces = np.random.default_rng(3).uniform(-0.5, 0.5, (5, 3, side, side)).astype(np.float32)
    _, temporal, refined, probability = Graph(TINY / "clip.onnx", CPU).run([(faces,)])[0]

    async def use(engine: EmbeddedEngine) -> None:
        with engine.capture(Timeline(), deadline=NEVER) as capture:
            for ours, whole in zip(
                await all_passes(capture, 3), (temporal, refined, probability), strict=True
            ):
                assert np.all(np.abs(ours - whole) <= 1e-4 * np.maximum(1, np.abs(whole)))

    with_engine(use)


def test_a_capture_knows_where_its_time_went() -> None:
    timeline = Timeline()

    async def use(engine: EmbeddedEngine) -> None:
        with engine.capture(timeline, deadline=NEVER) as capture:
            await all_passes(capture, 0)

    with_engine(use)
    assert {stage: len(spent) for stage, spent in timeline.intervals.items()} == {
        Stage.QUEUE: 10, Stage.ENCODE: 5, Stage.PAIR: 4, Stage.WINDOW: 1,
    }  # fmt: skip


def copied(folder: Path, *, edit: tuple[bytes, bytes] | None = None, files: tuple[str, ...] = PARTS) -> Path:
    """The tiny graphs with a byte string replaced, by one as long, in some of them."""
    target = folder / "tiny"
    shutil.copytree(TINY, target)
    for name in files if edit else ():
        data = (target / name).read_bytes()
        assert data.count(edit[0]) == 1
        assert len(edit[0]) == len(edit[1])
        (target / name).write_bytes(data.replace(*edit))
    return target


@pytest.mark.parametrize("name", ["pair_head.onnx", "window_head.onnx", "clip.onnx"])
def test_a_graph_with_another_card_stops_the_start(tmp_path: Path, name: str) -> None:
    weights = copied(tmp_path, edit=(b'"num_frames"', b'"num_framez"'), files=(name,))
    with pytest.raises(CardMismatch, match=name):
        load_graphs(weights, CPU)


def test_graphs_of_two_exports_stop_the_start(tmp_path: Path) -> None:
    weights = copied(tmp_path, edit=(b'"beta":0.8', b'"beta":0.7'), files=("pair_head.onnx",))
    with pytest.raises(CardMismatch, match="different model cards"):
        load_graphs(weights, CPU)


def test_a_card_that_disagrees_with_its_graph_stops_the_start(tmp_path: Path) -> None:
    weights = copied(tmp_path, edit=(b'"face_size":64', b'"face_size":65'), files=(*PARTS, "clip.onnx"))
    with pytest.raises(CardMismatch, match="65"):
        load_graphs(weights, CPU)


def test_a_missing_graph_stops_the_start_and_says_where_it_belongs(tmp_path: Path) -> None:
    weights = copied(tmp_path)
    (weights / "pair_head.onnx").unlink()
    with pytest.raises(WeightsMismatch, match="LIVENESS_WEIGHTS"):
        load_graphs(weights, CPU)


def test_a_file_that_is_not_the_manifests_stops_the_start(tmp_path: Path) -> None:
    weights = copied(tmp_path)
    digest = load_graphs(weights, CPU).files["pair_head.onnx"]
    manifest = tmp_path / "MANIFEST.toml"
    manifest.write_text(f'["tiny/pair_head.onnx"]\nsha256 = "{digest}"\n')
    load_graphs(weights, CPU)
    manifest.write_text(f'["tiny/pair_head.onnx"]\nsha256 = "{digest[::-1]}"\n')
    with pytest.raises(WeightsMismatch, match="sha256"):
        load_graphs(weights, CPU)


def test_the_digest_is_what_sha256sum_prints() -> None:
    listed = subprocess.run(["sha256sum", *PARTS], cwd=TINY, check=True, capture_output=True).stdout
    printed = subprocess.run(["sha256sum"], input=listed, check=True, capture_output=True).stdout.decode()
    assert load_graphs(TINY, CPU).sha256 == printed.split()[0]


def test_a_required_gpu_that_is_not_there_stops_the_start() -> None:
    async def use(engine: EmbeddedEngine) -> None:
        raise AssertionError(f"it started on {engine.info.running}")

    with pytest.raises(GpuRequired, match="LIVENESS_REQUIRE_GPU"):
        with_engine(use, providers=(Provider.CPU,), require_gpu=True)
    assert issubclass(GpuRequired, StartError)


def test_a_fallback_is_told() -> None:
    async def use(engine: EmbeddedEngine) -> None:
        assert engine.info.asked == ("openvino", "cpu")
        assert (engine.info.running, engine.info.device, engine.info.fell_back) == ("cpu", "cpu", True)

    with_engine(use, providers=(Provider.OPENVINO, Provider.CPU))
