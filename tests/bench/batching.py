"""(d) Micro-batching on and off: what a pass of many costs each of them, and the lag of as many as fit."""

import time
from collections.abc import Iterator
from statistics import median

import numpy as np

from service.bench.served import ADMIT_ALL
from service.engine.graphs import Arrays, SessionRule, load_graphs
from tests.bench.loads import HEAD, load
from tests.bench.options import Options
from tests.bench.served import served
from tests.bench.sessions import sustained
from tests.bench.tables import Table
from tests.bench.weights import graphs_of

_SIZES = (1, 2, 4, 8)
_ROUNDS = 12
_SETTINGS = {"on": {}, "off": {"MAX_BATCH": "1", "MAX_WAIT_MS": "0"}}


def run(options: Options) -> Iterator[Table]:
    yield _per_item(options)
    streams, rows = sustained(options), []
    for name, settings in _SETTINGS.items():
        options.say(f"{streams} streams, batching {name}")
        with served(**ADMIT_ALL, **settings) as service:
            load(service, 1, options, 4.0)
            rows.append((name, *load(service, streams, options).row()))
    yield Table("Micro-batching with as many streams as are sustained", ("", *HEAD), rows)


def _per_item(options: Options) -> Table:
    """The sizes in turn, so that what else the machine does hits all alike."""
    graphs = load_graphs(graphs_of("compact"), SessionRule(["CPUExecutionProvider"], 1))
    face = np.zeros((3, graphs.card.face_size, graphs.card.face_size), np.float32)
    _, *features = graphs.encoder.run([(face,)])[0]
    inputs: dict[str, Arrays] = {"encoder": (face,), "pair": (*features, *features)}
    spent: dict[tuple[str, int], list[float]] = {}
    for _ in range(options.rounds(_ROUNDS) + 1):
        for name, graph in (("encoder", graphs.encoder), ("pair", graphs.pair)):
            for size in _SIZES:
                started = time.perf_counter()
                graph.run([inputs[name]] * size)
                spent.setdefault((name, size), []).append(1000 * (time.perf_counter() - started) / size)
    rows = [(name, *(median(spent[name, size][1:]) for size in _SIZES)) for name in inputs]
    return Table("ms an item by the size of its batch, one thread", ("", *map(str, _SIZES)), rows)
