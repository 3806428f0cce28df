"""What hostile clients do to their neighbours: the lag with and without them, in turn."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

from service.bench.served import ADMIT_ALL, Served
from tests.bench.loads import HEAD, Load, load, loading
from tests.bench.options import Options
from tests.bench.served import served
from tests.bench.sessions import sustained
from tests.bench.tables import Table


def run(options: Options) -> Iterator[Table]:
    streams = max(1, sustained(options) - 1)
    with served(**ADMIT_ALL) as service:
        load(service, 1, options, 4.0)
        options.say(f"{streams} streams, alone and beside hostile clients")
        alone = load(service, streams, options)
        beside, told = _beside(service, streams, options)
    yield Table(
        "Neighbours", ("", *HEAD), [("alone", *alone.row()), ("beside hostile clients", *beside.row())]
    )
    rows = [(name, count) for name, count in sorted(told.items())]
    yield Table("What hostile clients did, and how each ended", ("", "times"), rows)


def _beside(service: Served, streams: int, options: Options) -> tuple[Load, Counter[str]]:
    seconds = str(options.seconds(12.0))
    with loading(service, streams, options) as loads:
        command = [sys.executable, "-m", "tests.bench.attackers", service.url, str(options.film), seconds]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return loads[0], Counter(json.loads(said))
