"""How long a clip that comes now would take, by those that ended: what would wait too long is not begun."""

from dataclasses import dataclass
from typing import Final

_MEMORY: Final = 0.8  # weight of what was seen so far against the newest


@dataclass(slots=True)
class Backlog:
    most: float  # seconds that a clip may be expected to take behind others
    workers: int  # clips that are worked on at the same time: as many are always taken
    each: float = 0.0  # seconds of the whole service that one clip takes, smoothed

    def ended(self, seconds: float, *, among: int) -> None:
        """A clip took so long behind those that were in work when it came, itself among them."""
        sample = seconds / among
        self.each = _MEMORY * self.each + (1 - _MEMORY) * sample if self.each else sample

    def too_long(self, pending: int) -> bool:
        """Whether one more would take too long, behind so many that are in work."""
        return pending >= self.workers and (pending + 1) * self.each > self.most
