"""Who may ask. It is settled from a request's headers, before a byte of its body is read."""

import ipaddress
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from service.errors import OpenAddress

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever was let in; `name` is for counting and limits, never for a log."""

    name: str


class Access(Protocol):
    async def admit(self, headers: Mapping[str, str]) -> Caller:
        """Raises LivenessError where the headers do not entitle to ask."""
        ...


class OpenAccess:
    """No keys are configured: everyone on this machine is let in."""

    async def admit(self, headers: Mapping[str, str]) -> Caller:  # noqa: ARG002 - the protocol's
        return Caller("open")


def check_address(host: str, *, allow_open: bool) -> None:
    """A service without keys listens on this machine only. Raises OpenAddress, which says what to do."""
    if is_loopback(host):
        return
    if not allow_open:
        raise OpenAddress(
            f"no keys are configured, so that everyone who reaches {host} could ask for verdicts: listen on "
            "127.0.0.1, or set LIVENESS_ALLOW_OPEN=true if something in front of the service checks who asks"
        )
    _log.warning("OPEN: no keys are configured; everyone who reaches %s may ask for verdicts", host)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
