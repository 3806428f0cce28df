"""How many frames a second a client sends, by the service's clock."""

from dataclasses import dataclass
from typing import Final

_BURST: Final = 15.0  # frames that may come at once after a pause of the network


@dataclass(frozen=True, slots=True)
class FrameRate:
    """A bucket that fills with the frames that are allowed."""

    left: float = _BURST
    at: float | None = None

    def spend(self, now: float, *, max_fps: float) -> "FrameRate | None":
        """The bucket after one more frame; None where it is empty."""
        filled = self.left if self.at is None else min(_BURST, self.left + max_fps * (now - self.at))
        return None if filled < 1 else FrameRate(filled - 1, now)
