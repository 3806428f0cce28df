"""Times the passes of each provider that this interpreter's ONNX Runtime has: passes.py GRAPHS_FOLDER.

Needs numpy and onnxruntime alone, so that any environment can run it. Prints JSON: ms by provider and graph.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime

GRAPHS: Final = ("frame_encoder", "pair_head", "window_head")
_NOT_LOCAL: Final = ("AzureExecutionProvider",)
_OPTIONS: Final = {"OpenVINOExecutionProvider": {"device_type": "CPU", "num_of_threads": "1"}}
_PASSES: Final = 15
_WARM_UP: Final = 3


def times(path: Path, provider: str) -> list[float]:
    """Milliseconds of passes of one item; none where the provider would not run the graph."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    chosen: list[Any] = [(provider, _OPTIONS.get(provider, {}))]
    session = onnxruntime.InferenceSession(str(path), options, providers=chosen)
    if session.get_providers()[0] != provider:
        return []
    random = np.random.default_rng(0)
    feed = {
        each.name: random.uniform(-0.5, 0.5, [1, *each.shape[1:]]).astype(np.float32)
        for each in session.get_inputs()
    }
    spent = []
    for _ in range(_WARM_UP + _PASSES):
        started = time.perf_counter()
        session.run(None, feed)
        spent.append(1000 * (time.perf_counter() - started))
    return spent[_WARM_UP:]


def main(folder: Path) -> None:
    providers = [each for each in onnxruntime.get_available_providers() if each not in _NOT_LOCAL]
    found = {each: {name: times(folder / f"{name}.onnx", each) for name in GRAPHS} for each in providers}
    sys.stdout.write(json.dumps({each: graphs for each, graphs in found.items() if all(graphs.values())}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
