"""python -m service serve: the HTTP server."""

import argparse
import logging
from pathlib import Path
from types import FrameType
from typing import Any, Final

import uvicorn
from fastapi import FastAPI
from rich.console import Console

from service.access import check_address
from service.commands import Commands
from service.core_dumps import forbid_core_dumps
from service.errors import StartError
from service.logs import log_as_json
from service.patience import patient_for
from service.settings import PREFIX, Settings, read_settings

_log = logging.getLogger(__name__)
_FAILED: Final = 2
_FLAGS: Final = ("host", "port", "calibration")
_INTRODUCTION: Final = """examples:
  python -m service serve
  LIVENESS_KEYS_FILE=keys.json python -m service serve --host 0.0.0.0 --port 80
  python -m service serve --calibration calibration.json
  LIVENESS_PROVIDERS='["cuda"]' LIVENESS_REQUIRE_GPU=true python -m service serve

settings, as environment variables (default):
"""


def add_to(commands: Commands) -> None:
    parser = commands.add_parser(
        "serve",
        help="run the service",
        description="Runs the service until Ctrl-C or SIGTERM; requests in work are finished first. "
        "Its log is JSON on standard error. Exit code 2 where it does not start.",
        epilog=_INTRODUCTION + _settings(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--host", help="address to listen on (LIVENESS_HOST)")
    parser.add_argument("--port", type=int, help="port to listen on (LIVENESS_PORT)")
    parser.add_argument(
        "--calibration",
        type=Path,
        metavar="FILE",
        help="a threshold of your own, written by `python -m training calibrate` (LIVENESS_CALIBRATION)",
    )
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    given = {name: value for name in _FLAGS if (value := getattr(parsed, name)) is not None}
    try:
        settings = read_settings(**given)
        log_as_json(settings.log_level)
        if settings.keys_file is None:
            check_address(settings.host, allow_open=settings.allow_open)
    except StartError as error:
        return _not_started(error)
    forbid_core_dumps()
    from service.app import create_app  # MediaPipe and ONNX Runtime take a second to import

    try:
        app = create_app(settings)
    except StartError as error:
        return _not_started(error)
    return _serve(app, settings)


class _Server(uvicorn.Server):
    """Drains before it closes: connections that are kept open learn of it too."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal lets running streams finish, the second one ends them."""
        runtime = getattr(self.config.app.state, "runtime", None)  # type: ignore[union-attr]
        if runtime is None or runtime.draining:
            super().handle_exit(sig, frame)
            return
        runtime.drain()
        if not runtime.streams.active:
            super().handle_exit(sig, frame)
            return
        open_now = runtime.streams.active
        _log.warning("streams that are open and may finish: %d; a second signal ends them", open_now)
        runtime.streams.when_empty(lambda: super(_Server, self).handle_exit(sig, frame))


def _serve(app: FastAPI, settings: Settings) -> int:
    server = _Server(server_config(app, settings))
    uvicorn_log = logging.getLogger("uvicorn.error")
    uvicorn_log.addFilter(lambda _: not hasattr(app.state, "start_error"))
    uvicorn_log.addFilter(lambda record: "WebSocket" not in str(record.msg))  # they hold addresses and ids
    uvicorn_log.setLevel(max(logging.INFO, logging.getLogger().level))  # below: headers, tokens, pictures
    try:
        server.run()
    except KeyboardInterrupt:  # uvicorn raises it again once all is closed
        return 0
    except SystemExit:  # uvicorn's answer to a start that failed
        return _not_started(getattr(app.state, "start_error", "the log says why"))
    return 0


def server_config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """All that uvicorn has to know of the settings."""
    rejected = app.state.metrics.rejected
    options: dict[str, Any] = {"log_config": None, "access_log": False, "server_header": False}
    options |= settings.streams.transport
    http = patient_for(settings.upload_seconds, observe=lambda code: rejected.labels(code).inc())
    return uvicorn.Config(app, settings.host, settings.port, http=http, **options)


def _not_started(why: object) -> int:
    Console(stderr=True, highlight=False, soft_wrap=True).print(f"not started: {why}", markup=False)
    return _FAILED


def _settings() -> str:
    """One line a setting, from `Settings` itself."""
    lines = []
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        shown = f" ({str(default).lower()})" if isinstance(default, (bool, int, float, str)) else ""
        lines.append(f"  {PREFIX}{name.upper():<20} {field.description}{shown}")
    return "\n".join(lines)
