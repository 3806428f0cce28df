"""What happened, one JSON line an event, each bound to the one before by its hash.

A line that is changed, taken out or put in breaks the chain. Whoever can write the whole file can write a
whole new chain: ship the lines, or the newest hash, to where the service cannot reach. No pixels, landmarks,
scores, tokens or keys; sessions are named by their ids.
"""

import hashlib
import json
import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Protocol

from service.errors import AuditError

_BEGINNING: Final = "0" * 64
_TAIL_BYTES: Final = 65_536
_FIRST: Final = b'{"number": 1, '  # how an audit file begins
_log = logging.getLogger(__name__)


class AuditEvent(StrEnum):
    STARTED = "service_started"
    CLIP_JUDGED = "clip_judged"
    SESSION_CREATED = "session_created"
    SESSION_READ = "session_read"
    SESSION_ERASED = "session_erased"
    STREAM_REFUSED = "stream_refused"
    STREAM_STARTED = "stream_started"
    STREAM_ENDED = "stream_ended"
    RESULT_STORED = "result_stored"
    IMAGES_SEALED = "images_sealed"
    RESULT_LOST = "result_lost"
    LINE_CUT = "line_cut"  # of the line before, a part was written as the machine stopped: it is taken out
    RESULT_SUPERSEDED = "result_superseded"  # its session goes on in another stream


ObserveLost = Callable[[], None]  # called for each event that could not be written


class Audit(Protocol):
    def record(self, event: AuditEvent, **facts: str | int | None) -> None: ...

    def close(self) -> None: ...


class NoAudit:
    """Nobody asked for one."""

    def record(self, event: AuditEvent, **facts: str | int | None) -> None: ...

    def close(self) -> None: ...


class AuditFile:
    """Goes on with the chain that the file holds. Raises AuditError."""

    def __init__(self, path: Path, *, observe_lost: ObserveLost = lambda: None) -> None:
        self._path, self._observe_lost = path, observe_lost
        try:
            self._number, self._newest, torn = _end_of(path)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            self._file = os.fdopen(descriptor, "ab", buffering=0)
            self._take_out(torn)
        except OSError as error:
            raise AuditError(f"LIVENESS_AUDIT_FILE: {path}: {error.strerror}") from error

    def _take_out(self, torn: bytes) -> None:
        """A machine that lost its power must come up again; the chain says what was taken out of it."""
        if not torn:
            return
        self._file.truncate(os.fstat(self._file.fileno()).st_size - len(torn))
        _log.warning("the audit file's unfinished last line is taken out", extra={"bytes": len(torn)})
        self.record(AuditEvent.LINE_CUT, bytes=len(torn), sha256=hashlib.sha256(torn).hexdigest())

    def record(self, event: AuditEvent, **facts: str | int | None) -> None:
        """Where it cannot be written the log says so: what was judged is not taken back for it."""
        line = {
            "number": self._number + 1,
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "event": event,
            **facts,
            "previous": self._newest,
        }
        newest = line_hash(line)
        try:
            self._write(json.dumps(line | {"hash": newest}) + "\n")
        except OSError:
            _log.exception("the audit file cannot be written", extra={"event": event})
            self._observe_lost()
            return
        self._number, self._newest = self._number + 1, newest

    def _write(self, line: str) -> None:
        """At once and by itself: of a line that failed nothing is left, in the file or for the next one."""
        data, before = line.encode(), os.fstat(self._file.fileno())
        if not os.path.samestat(os.stat(self._path), before):
            raise OSError("another file lies in its place")
        if self._file.write(data) != len(data):
            self._file.truncate(before.st_size)
            raise OSError("only a part of the line was written")

    def close(self) -> None:
        self._file.close()


class BrokenChain(ValueError):  # noqa: N818 - it is called what it says
    """The first line that is not what was written."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line


def verify(path: Path) -> tuple[int, str]:
    """The number of lines and the newest hash. Raises BrokenChain."""
    newest, count = _BEGINNING, 0
    with path.open(encoding="utf-8", errors="replace") as file:
        for count, text in enumerate(file, start=1):
            line = _parsed(text, count)
            said = line.pop("hash", None)
            if line.get("number") != count:
                raise BrokenChain(count, f"it is numbered {line.get('number')}: lines are missing or added")
            if line.get("previous") != newest:
                raise BrokenChain(count, "it does not follow the line before")
            if line_hash(line) != said:
                raise BrokenChain(count, "it was changed")
            newest = str(said)
    return count, newest


def line_hash(line: dict[str, Any]) -> str:
    """Of a line without its `hash`."""
    return hashlib.sha256(json.dumps(line, sort_keys=True).encode()).hexdigest()


def open_audit(path: Path | None, *, observe_lost: ObserveLost) -> Audit:
    return NoAudit() if path is None else AuditFile(path, observe_lost=observe_lost)


def _end_of(path: Path) -> tuple[int, str, bytes]:
    """Number and hash of the newest line, and what an unfinished one left behind it.

    Raises AuditError for a file that is none of ours: nothing is taken out of that.
    """
    if not path.exists() or path.stat().st_size == 0:
        return 0, _BEGINNING, b""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        whole, _, torn = file.read().rpartition(b"\n")
    if not whole and _FIRST.startswith(torn[: len(_FIRST)]):
        return 0, _BEGINNING, torn
    try:
        line = json.loads(whole.splitlines()[-1])
        return int(line["number"]), str(line["hash"]), torn
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise AuditError(
            f"LIVENESS_AUDIT_FILE: the last line of {path} is none of an audit file; keep that file as it is "
            "and name another"
        ) from error


def _parsed(text: str, number: int) -> dict[str, Any]:
    try:
        line = json.loads(text)
    except ValueError as error:
        raise BrokenChain(number, "it is no JSON") from error
    if not isinstance(line, dict):
        raise BrokenChain(number, "it is no JSON object")
    return line
