"""What the data path asks of whoever runs it: three passes of the network, faces, and work done aside.

One face, pair or window at a time; an engine may join the requests of many captures into one batch, and keeps
nothing between two of them. S side of the network's input in px, h = w side of the depth grid, D channels, P
pairs of a window.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias, TypeVar

from model.card import ModelCard
from model.clip import Face, FloatArray, Frame

Features: TypeAlias = tuple[FloatArray, ...]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class EncodedFace:
    """What one face leaves behind for the pairs and windows it will be in."""

    coarse_hw: FloatArray
    features: Features


@dataclass(frozen=True, slots=True)
class WindowDepth:
    """What the network says of one window."""

    temporal_Phw: FloatArray
    refined_Phw: FloatArray
    bona_fide_probability: float


class Engine(Protocol):
    """Runs the exported network."""

    @property
    def card(self) -> ModelCard: ...

    async def encode(self, face_3SS: FloatArray) -> EncodedFace: ...

    async def pair(self, before: Features, after: Features) -> FloatArray:
        """What two neighbouring faces drive the recurrence of each of their windows with: (D, h, w)."""
        ...

    async def window(self, pairs_PDhw: FloatArray, coarse_Phw: FloatArray) -> WindowDepth: ...


class FaceFinder(Protocol):
    """Finds the faces of a frame, the largest first."""

    async def find(self, frame: Frame) -> tuple[Face, ...]: ...


class Aside(Protocol):
    """Does work that computes and does not wait; where many captures wait, not on their event loop."""

    async def __call__(self, work: Callable[[], Result], /) -> Result: ...


async def at_once(work: Callable[[], Result], /) -> Result:
    """For whoever judges one capture at a time."""
    return work()
