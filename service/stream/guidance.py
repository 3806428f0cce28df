"""Hints that a person can read: the newest one at once, but never two within a moment."""

from dataclasses import dataclass, replace
from typing import TypeAlias

from model.quality import Reason
from service.stream.messages import Hint

Code: TypeAlias = Reason | Hint | None


@dataclass(frozen=True, slots=True)
class Hints:
    """What the person was told and what is true by now; None: all is well."""

    said: Code = None
    said_at: float = float("-inf")
    wanted: Code = None

    def want(self, code: Code) -> "Hints":
        return replace(self, wanted=code)

    def due_at(self, hold: float) -> float | None:
        """When the person should hear something else, None: what was said still holds."""
        return None if self.wanted == self.said else self.said_at + hold

    def due(self, now: float, hold: float) -> bool:
        at = self.due_at(hold)
        return at is not None and now >= at

    def told(self, now: float) -> "Hints":
        return Hints(self.wanted, now, self.wanted)
