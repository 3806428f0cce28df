"""Eight bits in place of 32 on a CPU: the time of each graph, the two in turn, and what it does to scores."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np
import onnx
from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from model.bundle import default_path
from model.clip import Clip, Frame
from model.faces import LandmarkFinder
from model.judge import judge_clip
from model.quality import QualityGates
from model.verdict import Judgement
from tests.bench.film import FPS, pictures
from tests.bench.options import Options
from tests.bench.passes import GRAPHS
from tests.bench.tables import Table
from tests.bench.weights import graphs_of
from training.evaluate import score_split, split_scores
from training.metrics import acer
from training.onnx_engine import OnnxEngine, SameThreadFaces, cpu_session

_ROUNDS: Final = 15
_CALIBRATED_ON: Final = 24  # faces of the film
_JUDGED: Final = 24  # sampled frames of the film
_GROUPS: Final = 10  # of dev


class _Inputs(CalibrationDataReader):  # type: ignore[misc]
    """What the graph was given while the film was judged."""

    def __init__(self, feeds: list[dict[str, Any]]) -> None:
        self._coming = iter(feeds[:_CALIBRATED_ON])

    def get_next(self) -> dict[str, Any] | None:
        return next(self._coming, None)


def run(options: Options) -> Iterator[Table]:
    full = graphs_of("compact")
    with tempfile.TemporaryDirectory() as scratch, LandmarkFinder(default_path()) as finder:
        clip, faces = _clip(options.film), SameThreadFaces(finder)
        engine = _Listening(full)
        before = _judged(clip, engine, faces)
        options.say("quantising, calibrated on the film")
        small = _quantised(full, Path(scratch), engine.feeds)
        yield _times(full, small, options)
        yield _scores(before, _judged(clip, OnnxEngine(small), faces))
        if options.captures is not None:
            options.say(f"{_GROUPS} groups of dev, twice")
            yield _errors({"32 bits": full, "8 bits": small}, options.captures)


class _Listening(OnnxEngine):
    """Keeps what each graph was given."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.feeds: dict[str, list[dict[str, Any]]] = {name: [] for name in GRAPHS}
        for name, session in zip(GRAPHS, (self._encoder, self._pair, self._window), strict=True):
            self._listen(name, session)

    def _listen(self, name: str, session: Any) -> None:
        run = session.run

        def heard(outputs: Any, feed: dict[str, Any]) -> Any:
            self.feeds[name].append(dict(feed))
            return run(outputs, feed)

        session.run = heard


def _clip(film: Path) -> Clip:
    shown = pictures(film)
    frames = tuple(Frame(shown[3 * i % len(shown)], 3 * i / FPS, 3 * i) for i in range(_JUDGED))
    return Clip(frames, 3 * _JUDGED, 3 * _JUDGED / FPS, "frame_count")


def _judged(clip: Clip, engine: OnnxEngine, faces: SameThreadFaces) -> Judgement:
    return asyncio.run(judge_clip(clip, faces=faces, engine=engine, gates=QualityGates()))


def _quantised(full: Path, scratch: Path, feeds: dict[str, list[dict[str, Any]]]) -> Path:
    """Convolutions and products, per channel; what lies between them stays as it is."""
    folder = scratch / "int8"
    folder.mkdir()
    for name in GRAPHS:
        source, prepared, target = full / f"{name}.onnx", scratch / f"{name}.onnx", folder / f"{name}.onnx"
        quant_pre_process(str(source), str(prepared))
        quantize_static(
            str(prepared), str(target), _Inputs(feeds[name]), op_types_to_quantize=["Conv", "Gemm", "MatMul"],
            per_channel=True, weight_type=QuantType.QInt8,
        )  # fmt: skip
        proto, card = onnx.load(str(target)), onnx.load(str(source)).metadata_props
        del proto.metadata_props[:]
        proto.metadata_props.extend(card)
        onnx.save(proto, str(target))
    return folder


def _times(full: Path, small: Path, options: Options) -> Table:
    rows = []
    for name in GRAPHS:
        sessions = [cpu_session(folder / f"{name}.onnx") for folder in (full, small)]
        feed = {
            each.name: np.random.default_rng(0).uniform(-0.5, 0.5, [1, *each.shape[1:]]).astype(np.float32)
            for each in sessions[0].get_inputs()
        }
        spent: tuple[list[float], list[float]] = ([], [])
        for _ in range(options.rounds(_ROUNDS) + 1):
            for session, times in zip(sessions, spent, strict=True):
                started = time.perf_counter()
                session.run(None, feed)
                times.append(1000 * (time.perf_counter() - started))
        before, after = (median(times[1:]) for times in spent)
        rows.append((name, before, after, before / after))
    return Table("ms of a pass, one thread, medians", ("", "32 bits", "8 bits", "times faster"), rows)


def _scores(before: Judgement, after: Judgement) -> Table:
    drifts = [abs(a.score - b.score) for a, b in zip(before.windows, after.windows, strict=True)]
    row = (len(drifts), float(np.mean(drifts)), float(np.max(drifts)))
    return Table("Living scores of the film's windows", ("windows", "mean difference", "largest"), [row])


def _errors(folders: dict[str, Path], captures: Path) -> Table:
    rows = []
    for name, folder in folders.items():
        scored = score_split(captures, "dev", weights=folder, groups=_GROUPS)
        rows.append((name, len(scored), acer(*split_scores(scored), OnnxEngine(folder).card.threshold)))
    return Table("ACER at the card's threshold, dev", ("", "captures", "ACER"), rows)
