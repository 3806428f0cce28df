"""The static contract has a hole: Python runs `model/__init__.py` before anything in `model`."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("module", ["service.app", "service.__main__", "service.runtime"])
def test_serving_starts_without_torch_and_without_what_only_training_installs(module: str) -> None:
    blocked = f"""
import sys
for name in ("torch", "training", "onnx", "onnxscript", "moderngl", "OpenEXR", "tensorboard"):
    sys.modules[name] = None
import {module}
"""
    subprocess.run([sys.executable, "-c", blocked], cwd=ROOT, check=True, timeout=120)
