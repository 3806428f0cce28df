"""Who may ask. It is settled from a request's headers, before a byte of its body is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


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
