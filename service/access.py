"""Who may ask. It is settled from a request's headers, before a byte of its body is read."""

import ipaddress
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from service.errors import Forbidden, KeyFileError, OpenAddress, Unauthorized
from service.keys import KeyRing, Scope

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever was let in; `name` is for counting, limits and ownership, never for a log."""

    name: str
    scopes: frozenset[Scope] = frozenset(Scope)

    def require(self, *scopes: Scope) -> None:
        """Raises Forbidden unless one of `scopes` is held."""
        if not self.scopes.intersection(scopes):
            needed = " or ".join(scopes)
            raise Forbidden(f"this key lacks the scope {needed}", scope=" ".join(scopes))


class Access(Protocol):
    async def admit(self, headers: Mapping[str, str]) -> Caller:
        """Raises LivenessError where the headers do not entitle to ask."""
        ...


class OpenAccess:
    """No keys are configured: everyone on this machine is let in."""

    async def admit(self, headers: Mapping[str, str]) -> Caller:  # noqa: ARG002 - the protocol's
        return Caller("open")


class KeyAccess:
    """`Authorization: Bearer lvk_...`, against a file that may change while the service runs.

    A changed file counts from the next request on. One that cannot be read any more is said in the log, and
    the keys that were read last stay: a slip of an editor must not lock everyone out.
    """

    def __init__(self, path: Path) -> None:
        """Raises KeyFileError."""
        self._path = path
        self._ring, self._read_as = KeyRing.read(path), _version(path)

    async def admit(self, headers: Mapping[str, str]) -> Caller:
        scheme, _, text = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthorized("send your API key in the header `Authorization: Bearer lvk_...`")
        key = self._current().find(text.strip())
        if key is None:
            raise Unauthorized("this API key is not known, or not any more", fault="invalid_token")
        return Caller(key.name, key.scopes)

    def _current(self) -> KeyRing:
        seen = _version(self._path)
        if seen != self._read_as:
            self._read_as = seen
            try:
                self._ring = KeyRing.read(self._path)
                _log.info("keys read anew", extra={"count": len(self._ring.keys)})
            except KeyFileError as error:
                _log.error("the key file cannot be read; the keys read before stay: %s", error)
        return self._ring


def open_access(keys_file: Path | None) -> Access:
    """Raises KeyFileError."""
    return OpenAccess() if keys_file is None else KeyAccess(keys_file)


def check_address(host: str, *, allow_open: bool) -> None:
    """A service without keys listens on this machine only. Raises OpenAddress, which says what to do."""
    if is_loopback(host):
        _log.warning("OPEN: no keys are configured; every program on this machine may ask for verdicts")
        return
    if not allow_open:
        raise OpenAddress(
            f"no keys are configured, so that everyone who reaches {host} could ask for verdicts: make one "
            "with `python -m service keys new NAME --file keys.json` and set LIVENESS_KEYS_FILE=keys.json, "
            "listen on 127.0.0.1, or set LIVENESS_ALLOW_OPEN=true if something in front of the service "
            "checks who asks"
        )
    _log.warning("OPEN: no keys are configured; everyone who reaches %s may ask for verdicts", host)


def _version(path: Path) -> tuple[int, int, int] | None:
    """What changes when the file does."""
    try:
        seen = os.stat(path)
    except OSError:
        return None
    return seen.st_mtime_ns, seen.st_size, seen.st_ino


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
