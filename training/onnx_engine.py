"""The exported graphs as a `model.engine.Engine`, one capture at a time, for evaluation.

The service runs the same graphs behind its batcher; a parity test holds the two together.
"""

from pathlib import Path

import numpy as np
import onnxruntime

from model.card import METADATA_KEY, CardError, ModelCard
from model.clip import Face, FloatArray, Frame
from model.engine import EncodedFace, Features, WindowDepth
from model.faces import LandmarkFinder
from training.errors import NoGraphs

_PROVIDERS = ["CPUExecutionProvider"]


class OnnxEngine:
    """Reads the three streaming graphs of `training.export`."""

    def __init__(self, weights: Path) -> None:
        """Raises NoGraphs where the folder lacks one of them, CardError where they are not ours."""
        paths = [weights / f"{name}.onnx" for name in ("frame_encoder", "pair_head", "window_head")]
        missing = [path.name for path in paths if not path.exists()]
        if missing:
            raise NoGraphs(f"{weights} holds no {missing[0]}; `python -m training export` writes it")
        self._encoder, self._pair, self._window = (cpu_session(path) for path in paths)
        metadata = self._encoder.get_modelmeta().custom_metadata_map
        if METADATA_KEY not in metadata:
            raise CardError(f"{paths[0]} carries no model card; `python -m training export` writes one")
        self._card = ModelCard.from_json(metadata[METADATA_KEY])

    @property
    def card(self) -> ModelCard:
        return self._card

    async def encode(self, face_3SS: FloatArray) -> EncodedFace:
        coarse_hw, *features = _run(self._encoder, face_3SS)
        return EncodedFace(coarse_hw, tuple(features))

    async def pair(self, before: Features, after: Features) -> FloatArray:
        return _run(self._pair, *before, *after)[0]

    async def window(self, pairs_PDhw: FloatArray, coarse_Phw: FloatArray) -> WindowDepth:
        temporal_Phw, refined_Phw, probability = _run(self._window, pairs_PDhw, coarse_Phw)
        return WindowDepth(temporal_Phw, refined_Phw, float(probability))


class SameThreadFaces:
    """A landmark finder as a `model.engine.FaceFinder`, without a pool."""

    def __init__(self, finder: LandmarkFinder) -> None:
        self._finder = finder

    async def find(self, frame: Frame) -> tuple[Face, ...]:
        return self._finder.find(frame)


def cpu_session(graph: Path | bytes) -> onnxruntime.InferenceSession:
    """A graph, a file or its content, on one thread of the CPU."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(
        graph if isinstance(graph, bytes) else str(graph), options, providers=_PROVIDERS
    )


def _run(session: onnxruntime.InferenceSession, *arrays: FloatArray) -> list[FloatArray]:
    """One item through a batched graph: inputs and outputs in the graph's own order."""
    names = [each.name for each in session.get_inputs()]
    feed = {name: np.ascontiguousarray(array[None]) for name, array in zip(names, arrays, strict=True)}
    return [output[0] for output in session.run(None, feed)]
