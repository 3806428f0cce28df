"""(c) Three times as many as the service holds, and what is left of it five seconds later."""

import time
from collections.abc import Iterator

from tests.bench.loads import HEAD, load
from tests.bench.options import Options
from tests.bench.served import served
from tests.bench.sessions import sustained
from tests.bench.tables import Table

_RECOVERY = 5.0  # seconds


def run(options: Options) -> Iterator[Table]:
    """Under the admission that the service has where nobody sets another."""
    streams = sustained(options)
    with served() as service:
        load(service, 1, options, 4.0)
        options.say(f"{streams} streams, then {3 * streams}, then {streams}")
        before = load(service, streams, options)
        during = load(service, 3 * streams, options)
        time.sleep(_RECOVERY)
        after = load(service, streams, options)
    named = (("before", before), ("three times as many", during), ("5 s later", after))
    yield Table("Overload", ("", *HEAD), [(name, *each.row()) for name, each in named])
    yield Table("Recovery", ("p95 after / p95 before",), [(after.p95 / before.p95,)])
