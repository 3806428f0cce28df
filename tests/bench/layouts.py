"""How many threads find faces and run the network: what as many streams as fit then wait."""

from collections.abc import Iterator

from service.bench.served import ADMIT_ALL
from tests.bench.loads import HEAD, load
from tests.bench.options import Options
from tests.bench.served import served
from tests.bench.sessions import sustained
from tests.bench.tables import Table

_LAYOUTS = ((2, 2), (2, 1), (1, 1))  # threads that find faces, threads that run the network


def run(options: Options) -> Iterator[Table]:
    streams, rows = sustained(options), []
    for faces, passes in _LAYOUTS:
        options.say(f"{streams} streams, {faces} + {passes} threads")
        threads = {"FACE_WORKERS": str(faces), "ENGINE_WORKERS": str(passes)}
        with served(**ADMIT_ALL, **threads) as service:
            load(service, 1, options, 4.0)
            rows.append((f"{faces} + {passes}", *load(service, streams, options).row()))
    yield Table("Threads for faces + for passes", ("", *HEAD), rows)
