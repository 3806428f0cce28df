"""python -m service bench: what this machine can do."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.table import Table

from service.commands import Commands

if TYPE_CHECKING:
    from service.bench.measure import Carried, Stages

_FAILED, _INTERRUPTED = 2, 130
_BUSY: Final = 0.6  # load average a core above which others use the machine
_EPILOG: Final = """examples:
  python -m service bench                          about two minutes
  python -m service bench --seconds 20 --most 32   longer, and up to 32 streams
  LIVENESS_ENGINE_WORKERS=1 python -m service bench --json

It starts a service of its own with the settings of the environment (weights, providers, workers: `serve
--help`), streams a face of 640 x 480 at 30 pictures a second to it over WebSockets, and adds a stream until
scores come late: more than 250 ms after their frame at the 95th percentile, or with frames dropped.

The face is a photograph that sways: what is measured is time, and the verdicts mean nothing. The load
shares the machine with the service. Measure when nobody else uses it.
"""


def add_to(commands: Commands) -> None:
    parser = commands.add_parser(
        "bench",
        help="measure this machine: ms by stage, streams it carries",
        description="Measures what a sampled frame costs, stage by stage, and how many streams are carried.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=_positive, default=10.0, help="of each load (%(default)g)")
    parser.add_argument("--most", type=int, default=16, help="streams to try at most (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    from service.bench.served import ADMIT_ALL, NotStarted, served  # with cv2 and the client: half a second

    says = Console(stderr=True, highlight=False, soft_wrap=True)
    _warn_if_busy(says)
    try:
        with says.status("starting a service"), served(ADMIT_ALL) as service:
            stages, loads = _measured(service, parsed, says)
    except NotStarted as error:
        says.print(f"the service did not start: {error}", markup=False)
        return _FAILED
    except KeyboardInterrupt:
        return _INTERRUPTED
    if parsed.json:
        sys.stdout.write(json.dumps(_document(stages, loads), indent=2) + "\n")
        return 0
    out = Console(highlight=False)
    out.print(_stage_table(stages), "", _load_table(loads), "")
    out.print(_summary(loads), soft_wrap=True)
    return 0


def _measured(service: Any, parsed: argparse.Namespace, says: Console) -> "tuple[Stages, list[Carried]]":
    from service.bench.measure import carried, ramp, stages

    carried(service, 1, seconds=min(2.0, parsed.seconds))  # the first stream warms caches up
    with says.status("one stream alone"):
        alone = stages(service, seconds=parsed.seconds)
    loads: list[Carried] = []
    with says.status("1 stream") as status:
        for load in ramp(service, most=parsed.most, seconds=parsed.seconds):
            loads.append(load)
            status.update(f"{load.streams + 1} streams at once")
    return alone, loads


def _warn_if_busy(says: Console) -> None:
    cores, load = os.cpu_count() or 1, os.getloadavg()[0]
    if load > _BUSY * cores:
        says.print(f"others use this machine (load {load:.1f} on {cores} cores): the figures will be too low")


def _stage_table(stages: "Stages") -> Table:
    table = Table(
        title="One stream alone", title_justify="left", box=None, header_style="bold", pad_edge=False
    )
    table.add_column("stage")
    table.add_column("ms a sampled frame", justify="right")
    for name, spent in stages.milliseconds.items():
        table.add_row(name, f"{spent:.1f}")
    table.add_row("all", f"{sum(stages.milliseconds.values()):.1f}", style="bold")
    table.add_row("CPU, of one core", f"{stages.cpu_seconds:.0%}")
    return table


def _load_table(loads: "Sequence[Carried]") -> Table:
    table = Table(
        title="Streams at once", title_justify="left", box=None, header_style="bold", pad_edge=False
    )
    for name in ("streams", "answered", "lag p50", "lag p95", "dropped", "cores", "MB", ""):
        table.add_column(name, justify="left" if not name else "right")
    for each in loads:
        table.add_row(
            str(each.streams),
            str(each.answered),
            *(
                f"≤ {1000 * lag:.0f} ms" if lag < float("inf") else "-"
                for lag in (each.lag_p50, each.lag_p95)
            ),
            str(each.late),
            f"{each.cores:.2f}",
            f"{each.memory_mb:.0f}",
            "" if each.kept_up else "too many",
        )
    return table


def _summary(loads: "Sequence[Carried]") -> str:
    kept = max((each.streams for each in loads if each.kept_up), default=0)
    if not kept:
        return "Now this machine keeps up with no stream. Is it busy, or are the settings' workers too few?"
    if kept == len(loads):
        return f"This machine carries {kept} or more streams at once: try --most {2 * kept}."
    return f"This machine carries {kept} at once. LIVENESS_STREAMS__MAX_STREAMS={kept} refuses the rest."


def _document(stages: "Stages", loads: "Sequence[Carried]") -> dict[str, Any]:
    from service.bench.measure import finite

    return {
        "cores": os.cpu_count(),
        "load_average": os.getloadavg()[0],
        "stages_ms": stages.milliseconds,
        "cpu_seconds_a_stream_second": stages.cpu_seconds,
        "loads": [
            asdict(each)
            | {"lag_p50": finite(each.lag_p50), "lag_p95": finite(each.lag_p95), "kept_up": each.kept_up}
            for each in loads
        ],
    }


def _positive(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise argparse.ArgumentTypeError(f"seconds are more than 0, not {text}")
    return value
