"""(a) One verdict by the clip graph, and by the three parts with what a stream remembers."""

import time
from collections.abc import Callable, Iterator
from statistics import median

import numpy as np
import onnxruntime

from model.network.config import VARIANTS
from model.network.cost import cost
from tests.bench.options import Options
from tests.bench.tables import Table
from tests.bench.weights import graphs_of

ROUNDS = {"compact": 40, "paper": 3}


def run(options: Options) -> Iterator[Table]:
    yield _counted()
    rows = []
    for variant, rounds in list(ROUNDS.items())[: 1 if options.quick else None]:
        options.say(f"{variant}: the clip graph and the three parts in turn")
        clip, new = _times(variant, options.rounds(rounds))
        rows.append((variant, clip, sum(new), clip / sum(new), *new))
    head = ("variant", "clip graph", "incremental", "times less", "encoder", "pair", "window")
    yield Table("ms per verdict, ONNX Runtime on one thread, medians", head, rows)


def _counted() -> Table:
    rows = []
    for variant in ROUNDS:
        macs = cost(VARIANTS[variant])
        parts = [1000 * each / 1e9 for each in (macs.frame_encoder, macs.pair_head, macs.window_head)]
        clip, new = macs.clip / 1e9, macs.new_frame / 1e9
        rows.append((variant, clip, new, clip / new, *parts))
    head = ("variant", "clip graph, G", "incremental, G", "times fewer", "encoder, M", "pair, M", "window, M")
    return Table("Multiply-accumulates per verdict", head, rows)


def _times(variant: str, rounds: int) -> tuple[float, list[float]]:
    """Medians of passes that alternate, so that what else the machine does hits all alike."""
    passes = _passes(variant)
    spent: dict[str, list[float]] = {name: [] for name in passes}
    for _ in range(rounds + 1):  # the first round is a warm-up
        for name, run in passes.items():
            started = time.perf_counter()
            run()
            spent[name].append(1000 * (time.perf_counter() - started))
    clip, *new = (median(each[1:]) for each in spent.values())
    return clip, new


def _passes(variant: str) -> dict[str, Callable[[], object]]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    names = ("clip", "frame_encoder", "pair_head", "window_head")
    sessions = {
        name: onnxruntime.InferenceSession(
            str(graphs_of(variant) / f"{name}.onnx"), options, providers=["CPUExecutionProvider"]
        )
        for name in names
    }
    config = VARIANTS[variant]
    faces_BT3SS = np.random.default_rng(0).uniform(
        -0.5, 0.5, (1, config.num_frames, 3, config.face_size, config.face_size)
    ).astype(np.float32)  # fmt: skip

    def run(name: str, *arrays: np.ndarray) -> list[np.ndarray]:
        inputs = [each.name for each in sessions[name].get_inputs()]
        return list(sessions[name].run(None, dict(zip(inputs, arrays, strict=True))))

    coarse, *features = run("frame_encoder", faces_BT3SS[:, 0])
    (pair,) = run("pair_head", *features, *features)
    pairs = np.stack([pair] * config.num_pairs, axis=1)
    coarses = np.stack([coarse] * config.num_pairs, axis=1)
    return {
        "clip": lambda: run("clip", faces_BT3SS),
        "frame_encoder": lambda: run("frame_encoder", faces_BT3SS[:, 0]),
        "pair_head": lambda: run("pair_head", *features, *features),
        "window_head": lambda: run("window_head", pairs, coarses),
    }
