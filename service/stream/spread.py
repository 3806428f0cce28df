"""A few pictures of a stream of unknown length, about evenly spread over it."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Spread:
    """Keeps at most twice `count` pictures at a time."""

    count: int
    _kept: list[bytes] = field(default_factory=list)
    _every: int = 1
    _seen: int = 0

    def add(self, picture: memoryview) -> None:
        if self.count and self._seen % self._every == 0:
            self._kept.append(bytes(picture))
            if len(self._kept) == 2 * self.count:
                self._kept, self._every = self._kept[::2], 2 * self._every
        self._seen += 1

    def chosen(self) -> tuple[bytes, ...]:
        """`count` of them, or fewer of a short stream."""
        most = min(self.count, len(self._kept))
        return tuple(self._kept[i * len(self._kept) // most] for i in range(most))
