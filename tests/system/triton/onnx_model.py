"""Runs inside Triton, under its Python backend: model.onnx beside this file, by ONNX Runtime.

The only Triton that comes as a Python package has no ONNX Runtime backend of its own.
"""

import json
from pathlib import Path
from typing import Any

import onnxruntime
import triton_python_backend_utils as triton  # the backend's own; nowhere else


class TritonPythonModel:
    def initialize(self, args: dict[str, Any]) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        graph = Path(args["model_repository"]) / args["model_version"] / "model.onnx"
        self._session = onnxruntime.InferenceSession(str(graph), options, ["CPUExecutionProvider"])
        self._inputs = [each.name for each in self._session.get_inputs()]
        self._outputs = json.loads(args["model_config"])["output"]

    def execute(self, requests: list[Any]) -> list[Any]:
        return [self._one(request) for request in requests]

    def _one(self, request: Any) -> Any:
        feed = {name: triton.get_input_tensor_by_name(request, name).as_numpy() for name in self._inputs}
        made = self._session.run([each["name"] for each in self._outputs], feed)
        shaped = [
            triton.Tensor(each["name"], array.reshape(-1, *map(int, each["dims"])))
            for each, array in zip(self._outputs, made, strict=True)
        ]
        return triton.InferenceResponse(shaped)
