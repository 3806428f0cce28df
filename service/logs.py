"""Structured logs: one JSON object a line, with the ids of request, session and trace.

Never pixels, landmarks or an address.
"""

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final, TextIO

from service.tracing import current_trace

REQUEST_ID: Final[ContextVar[str]] = ContextVar("request_id", default="")
SESSION_ID: Final[ContextVar[str]] = ContextVar(
    "session_id", default=""
)  # of the stream in whose task this is
_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}


class JsonFormatter(logging.Formatter):
    """What `extra` holds becomes fields of its own."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := REQUEST_ID.get():
            line["request_id"] = request_id
        if session_id := SESSION_ID.get():
            line["session"] = session_id
        line |= current_trace()
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


def log_as_json(level: str, stream: TextIO = sys.stderr) -> None:
    """Sets up the process's logging; called by commands, never at import."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
