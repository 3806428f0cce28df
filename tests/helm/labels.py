"""The labels of the exported metrics, and what each can say: alerts and panels may ask for no more."""

import pkgutil
from http import HTTPStatus
from importlib import import_module
from typing import Final

from model.quality import Reason
from model.verdict import Decision
from service import routes
from service.decode.process import Kill
from service.errors import LivenessError
from service.stream.closes import Close, Fault
from service.timeline import Stage


def _codes(base: type[LivenessError] = LivenessError) -> frozenset[str]:
    return frozenset({base.code}).union(*map(_codes, base.__subclasses__()))


def _endpoints() -> frozenset[str]:
    """The paths as they are written at the routes."""
    names = (each.name for each in pkgutil.iter_modules(routes.__path__))
    routers = (getattr(import_module(f"{routes.__name__}.{name}"), "router", None) for name in names)
    return frozenset(route.path for router in routers if router for route in router.routes)


_STATUSES: Final = frozenset(str(status.value) for status in HTTPStatus)
_OF_A_PROCESS: Final = None  # one value, for as long as the process lives

LABELS: Final[dict[str, dict[str, frozenset[str] | None]]] = {
    "liveness_requests_total": {"endpoint": _endpoints() | {"/openapi.json", "unknown"}, "code": _STATUSES},
    "liveness_rejected_total": {"reason": _codes() | frozenset(Fault)},
    "liveness_decisions_total": {
        "decision": frozenset(Decision),
        "channel": frozenset({"clip", "session", "stream"}),
    },
    "liveness_stage_seconds": {"stage": frozenset(Stage)},
    "liveness_frames_total": {"result": frozenset({"received", "sampled", "used", "late"})},
    "liveness_quality_total": {"code": frozenset(Reason)},
    "liveness_ws_closes_total": {
        "code": frozenset(str(int(close)) for close in Close) | {"1001", "1005", "1006", "other"}
    },
    "liveness_decoder_kills_total": {"reason": frozenset(Kill)},
    "liveness_engine_info": dict.fromkeys(("provider", "device", "model", "sha256"), _OF_A_PROCESS),
}
