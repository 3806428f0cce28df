"""Where a face lies in the picture, so that attacks lie where their bona fide partner does.

T frames, L points of the face in px.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

_ROUNDS: Final = 3  # a shift in space is none in the picture: after three, less than a px is left


@dataclass(frozen=True, slots=True)
class Place:
    """The middle of a face's box over a capture, and its longer side: medians, px."""

    middle_2: Points
    side: float


def face_place(points_TL2: Points) -> Place:
    """Where a capture's face lies."""
    low, high = points_TL2.min(axis=1), points_TL2.max(axis=1)
    return Place(np.median((low + high) / 2, axis=0), float(np.median((high - low).max(axis=1))))


def recentred(planes: Sequence[Points], points_L2: Points, wanted: Place) -> list[Points]:
    """Homographies (3, 3) of one picture, moved and scaled so that its face lies where it is wanted."""
    own = face_place(np.stack([_mapped(plane, points_L2) for plane in planes]))
    scale = wanted.side / own.side
    shift = wanted.middle_2 - scale * own.middle_2
    correction = np.array([[scale, 0, shift[0]], [0, scale, shift[1]], [0, 0, 1]])
    return [correction @ plane for plane in planes]


def placed_at(wanted: Place, start_3: Points, focal: float, shown_at: Callable[[Points], Points]) -> Points:
    """Where in the camera's first frame (metres) an instrument is held, that its face lies as wanted.

    `shown_at` says where the points of its face (T, L, 2) are seen when it is held at a place.
    """
    place_3 = start_3
    for _ in range(_ROUNDS):
        own = face_place(shown_at(place_3))
        distance = place_3[2] * own.side / wanted.side
        shift = (wanted.middle_2 - own.middle_2) * distance / focal
        place_3 = np.array([*(place_3[:2] * distance / place_3[2] + shift), distance])
    return place_3


def _mapped(plane_33: Points, points_L2: Points) -> Points:
    mapped = np.column_stack([points_L2, np.ones(len(points_L2))]) @ plane_33.T
    return np.asarray(mapped[:, :2] / mapped[:, 2:])
