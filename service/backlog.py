"""How long a clip that comes now would take, by those that ended: what could not end in time is not begun."""

from dataclasses import dataclass
from typing import Final

_MEMORY: Final = 0.8  # weight of what was seen so far against the newest
_MARGIN: Final = 0.8  # of the deadline: clips differ


@dataclass(slots=True)
class Backlog:
    each: float = 0.0  # seconds of the whole service that one clip takes, smoothed

    def ended(self, seconds: float, *, among: int) -> None:
        """A clip took so long behind those that were in work when it came, itself among them."""
        sample = seconds / among
        self.each = _MEMORY * self.each + (1 - _MEMORY) * sample if self.each else sample

    def too_long(self, pending: int, deadline: float) -> bool:
        """Whether one more would hardly end in time; never where none is in work, or nothing were learned."""
        return pending > 0 and (pending + 1) * self.each > _MARGIN * deadline
