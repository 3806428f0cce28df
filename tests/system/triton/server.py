"""A real Triton of its own for the tests, on free ports of this machine, with a repository that we wrote."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.service.ports import free_port
from tests.system.tools.catalogue import CACHE, ROOT, Tool, require

HERE = Path(__file__).parent


def written(out: Path, weights: Path) -> Path:
    """What `python -m service triton-repository` makes of the weights."""
    command = [sys.executable, "-m", "service", "triton-repository", str(out)]
    environment = os.environ | {"LIVENESS_WEIGHTS": str(weights)}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=120)
    return out


def for_this_server(repository: Path) -> Path:
    """The repository for the Python backend, which can run ONNX here; all else is as it was written."""
    for config in repository.glob("*/config.pbtxt"):
        text = config.read_text()
        assert text.count('platform: "onnxruntime_onnx"') == 1
        config.write_text(text.replace('platform: "onnxruntime_onnx"', 'backend: "python"'))
        shutil.copy(HERE / "onnx_model.py", config.parent / "1" / "model.py")
    return repository


@dataclass
class Triton:
    repository: Path
    log: Path
    grpc: int = field(default_factory=free_port)
    http: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"127.0.0.1:{self.grpc}"

    def start(self) -> None:
        program = require(Tool.TRITON)
        inside = program.parents[1]
        site = inside.parents[1]
        libraries = [site / "nvidia_pytriton.libs", Path(sys.base_prefix) / "lib", inside / "lib"]
        environment = os.environ | {
            "LD_LIBRARY_PATH": ":".join(map(str, libraries)),
            # The Python backend looks for its packages where the first `python3` of PATH does.
            "PATH": f"{CACHE / 'triton' / 'bin'}:{os.environ['PATH']}",
            "OMP_NUM_THREADS": "1",
        }
        options = [
            f"--model-repository={self.repository}", f"--backend-directory={inside / 'backends'}",
            "--disable-auto-complete-config", "--exit-timeout-secs=5", "--allow-metrics=false",
            "--http-address=127.0.0.1", f"--http-port={self.http}",
            "--grpc-address=127.0.0.1", f"--grpc-port={self.grpc}",
        ]  # fmt: skip
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([program, *options], env=environment, stdout=log, stderr=log)

    def kill(self) -> None:
        """As a node that goes away does it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def running(repository: Path, folder: Path) -> Iterator[Triton]:
    """It is started, and not waited for: that is the service's part."""
    server = Triton(repository, folder / "triton.log")
    server.start()
    try:
        yield server
    finally:
        server.kill()
