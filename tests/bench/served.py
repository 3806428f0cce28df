"""The service that is measured: `compact` with one decoding process, also where others use the machine."""

from collections.abc import Iterator
from contextlib import contextmanager

from service.bench import served as bench
from service.bench.served import Served
from tests.bench.weights import graphs_of

_START_SECONDS = 600


@contextmanager
def served(**settings: str) -> Iterator[Served]:
    """With these settings in place of its own. Raises NotStarted."""
    chosen = {"WEIGHTS": str(graphs_of("compact")), "DECODE_WORKERS": "1"} | settings
    with bench.served(chosen, start_seconds=_START_SECONDS) as service:
        yield service
