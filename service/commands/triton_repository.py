"""python -m service triton-repository: the graphs as NVIDIA's Triton serves them."""

import argparse
from pathlib import Path
from typing import Final

from rich.console import Console

from service.commands import Commands
from service.errors import StartError
from service.settings import Settings, read_settings

_FAILED: Final = 2
_MORE: Final = """examples:
  python -m service triton-repository models/
  tritonserver --model-repository=models/ --disable-auto-complete-config
  LIVENESS_ENGINE=triton LIVENESS_TRITON_URL=127.0.0.1:8001 python -m service serve

LIVENESS_WEIGHTS names the graphs (the shipped `compact`); LIVENESS_MAX_BATCH, LIVENESS_MAX_WAIT_MS and
LIVENESS_MAX_QUEUE become the server's. A service starts only on a server that has the same graphs.

Exit codes: 0 written, 2 not.
"""


def add_to(commands: Commands) -> None:
    parser = commands.add_parser(
        "triton-repository",
        help="write the graphs for a Triton server",
        description="Writes a model repository for NVIDIA's Triton: configurations and graphs, into OUT.",
        epilog=_MORE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="folder; made where it is missing")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    says = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        for folder in _written(parsed.out, read_settings()):
            says.print(f"written  {folder}", markup=False)
    except (OSError, StartError) as error:
        says.print(f"error: {error}", markup=False)
        return _FAILED
    return 0


def _written(out: Path, settings: Settings) -> list[Path]:
    from service.engine.graphs import SessionRule, load_graphs  # ONNX Runtime takes a moment to import
    from service.engine.repository import Dynamics, write_repository

    graphs = load_graphs(settings.weights, SessionRule(["CPUExecutionProvider"], 1))
    dynamics = Dynamics(
        max_batch=settings.max_batch, max_wait_ms=settings.max_wait_ms, max_queue=settings.max_queue
    )
    return write_repository(out, graphs, settings.weights, dynamics)
