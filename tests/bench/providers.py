"""(e) Execution providers side by side, each environment's process in turn."""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.bench import passes
from tests.bench.options import Options
from tests.bench.tables import Table
from tests.bench.weights import graphs_of

_TURNS = 3


def run(options: Options) -> Iterator[Table]:
    """This environment's providers, and those of the others that were named."""
    pythons = {"this environment": Path(sys.executable)} | options.pythons
    spent: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for _ in range(options.rounds(_TURNS)):
        for name, python in pythons.items():
            for provider, graphs in _measured(python).items():
                for graph, times in graphs.items():
                    spent[name, provider][graph] += times
    rows = [
        (
            f"{provider} ({name})",
            *(median(times) for times in graphs.values()),
            sum(map(median, graphs.values())),
        )
        for (name, provider), graphs in spent.items()
    ]
    yield Table("ms of a pass, `compact`, one thread, medians", ("", *passes.GRAPHS, "all"), rows)
    if not options.pythons:
        options.say("OpenVINO: pip install onnxruntime-openvino elsewhere, and --python openvino=PATH")


def _measured(python: Path) -> dict[str, dict[str, list[float]]]:
    script = Path(passes.__file__)
    said = subprocess.run(
        [str(python), str(script), str(graphs_of("compact"))], check=True, capture_output=True, text=True
    ).stdout
    found: dict[str, dict[str, list[float]]] = json.loads(said)
    return found
