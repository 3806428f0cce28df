"""Motion that no plane explains, with the capture's own noise taken off (the paper's appendix, measured).

However a picture is held, tilted or wobbled, one homography maps each of its frames onto another. So each
face of a track is laid onto the track's first one by the best homography, and what still changes is measured
twice: where the landmarks are, and what the pixels show. Noise is new in every frame, while a head that
turns, an eyelid or a mouth is still on its way one sampled frame later. Both measures therefore average the
product of neighbouring frames, to which noise adds nothing, and take off a share of the noise seen.

N sampled frames of one track, S spans, M mesh landmarks, A side of the face's picture and B of those about it
in px, D values of a frame.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from model.card import ModelCard, VerdictRule
from model.clip import BoolArray, Face, FloatArray, Frame, PixelArray, Square
from model.geometry import best_homography, crop, face_height, face_square, inside_hull, mesh, on_plane

APPEARANCE_SIZE: Final = 48  # A
PICTURE_SIZE: Final = 32  # B
PICTURE_SCALE: Final = 1.3  # side of the picture / longer side of the first face's box
_BLUR = 1.5  # px of A: below it lie noise, compression and the landmarks' own jitter
_LIGHT = 6.0  # px of A: light and gloss change slowly over a face, its features do not
_MIN_CONTRAST = 2.0  # luma levels of 255: flatter skin than this is not amplified
_ROUNDING = 1e-9  # of a sum of shares
MIN_FRAMES: Final = 8  # of a track; over fewer, the mean that is taken off holds the motion itself


@dataclass(frozen=True, slots=True)
class Trace:
    """What one sampled frame leaves behind; landmarks and appearance compare within one track alone."""

    since: float  # capture time of the track's first frame, seconds
    time: float  # of its own
    landmarks_M2: FloatArray  # on the track's first face, in heights of that face
    appearance_AA: FloatArray  # local contrast on the track's first face, NaN outside it
    picture_BB: PixelArray  # luma about where the track's first face was, which shows every other change too
    laid_BB: PixelArray  # the same, laid on that face: a camera or a screen that drifts changes nothing in it


def trace_of(frame: Frame, face: Face, *, reference: Face, since: float) -> Trace:
    """Lays a face onto the first one of its track."""
    homography = best_homography(face.landmarks_L3, reference.landmarks_L3)
    aligned_M2 = on_plane(mesh(face.landmarks_L3), homography) / max(face_height(reference.landmarks_L3), 1.0)
    canvas = _canvas(face_square(reference.landmarks_L3, scale=1.0), APPEARANCE_SIZE)
    luma = np.asarray(cv2.cvtColor(frame.pixels_HW3, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    size = (APPEARANCE_SIZE, APPEARANCE_SIZE)
    patch = cv2.warpPerspective(luma, canvas @ homography, size, borderMode=cv2.BORDER_REPLICATE)
    appearance_AA = _local_contrast(patch.astype(np.float32))
    appearance_AA[~_on_face(on_plane(mesh(reference.landmarks_L3), canvas))] = np.nan
    around = face_square(reference.landmarks_L3, scale=PICTURE_SCALE)
    picture_BB, laid_BB = crop(luma, around, size=PICTURE_SIZE), _laid(luma, homography, around)
    return Trace(since, frame.time, aligned_M2.astype(np.float32), appearance_AA, picture_BB, laid_BB)


def tracks(traces: Iterable[Trace]) -> list[tuple[Trace, ...]]:
    """The traces of each track, in the order of capture."""
    return [tuple(group) for _, group in groupby(traces, key=lambda trace: trace.since)]


def motion_of(traces: Sequence[Trace], rule: VerdictRule) -> float:
    """Motion of one span, in units of what a plane may show at most: 1 and above is a living face.

    The geometric mean of both measures over their floors; neither makes up for more than
    `rule.motion_credit` times what the other lacks. 0 where the change is no larger than its noise.
    """
    moved = np.sqrt(max(0.0, landmark_variance(traces, rule))) / rule.landmark_floor
    changed = np.sqrt(max(0.0, appearance_variance(traces, rule))) / rule.appearance_floor
    lower, higher = sorted((float(moved), float(changed)))
    return float(np.sqrt(lower * min(higher, rule.motion_credit * max(lower, 0.0))))


def capture_motion(traces: Sequence[Trace], card: ModelCard) -> float | None:
    """The motion that a capture's windows reach, all but `max_still_share` of them; None without a window.

    A track speaks for its windows, each of its spans for an even part of them. A further span never lowers
    the motion that moves as much.
    """
    motions_S, windows_S = _spans(traces, card)
    if not len(motions_S):
        return None
    order_S = np.argsort(motions_S)
    still = card.verdict.max_still_share * windows_S.sum() + _ROUNDING
    return float(motions_S[order_S][np.searchsorted(np.cumsum(windows_S[order_S]), still, side="right")])


def span_motions(track: Sequence[Trace], rule: VerdictRule) -> tuple[float, ...]:
    """The motion of each span of `rule.span_frames` of one track, which overlap by half.

    A track shorter than a span is one span. One shorter than MIN_FRAMES counts as still: its windows have
    scores, and a picture that is shown a moment at a time must not be judged by these alone.
    """
    if len(track) < MIN_FRAMES:
        return (0.0,)
    last = max(0, len(track) - rule.span_frames)
    starts = [*range(0, last, max(1, rule.span_frames // 2)), last]
    return tuple(motion_of(track[start : start + rule.span_frames], rule) for start in starts)


def _spans(traces: Sequence[Trace], card: ModelCard) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The motion of each span (S) of the tracks that have windows, and how many windows it speaks for."""
    motions, shares = list[float](), list[float]()
    for track in tracks(traces):
        windows = len(track) - card.num_frames + 1
        if windows > 0:
            spans = span_motions(track, card.verdict)
            motions += spans
            shares += [windows / len(spans)] * len(spans)
    return np.array(motions), np.array(shares)


def movements(traces: Sequence[Trace], num_frames: int) -> FloatArray:
    """How much each frame's face (N) moved over the last `num_frames` of its track, in face heights a frame.

    Noise included: it tells a still moment of a capture from a livelier one, not a person from a picture.
    """
    squares_N = np.zeros(len(traces) + 1)
    for place, (before, after) in enumerate(pairwise(traces), start=2):
        if before.since == after.since:
            change_M2 = after.landmarks_M2 - before.landmarks_M2
            squares_N[place] = (change_M2**2).sum(axis=1).mean()
    sums_N = np.cumsum(squares_N)
    first_N = np.maximum(np.arange(1, len(traces) + 1) - (num_frames - 1), 0)
    return np.asarray(np.sqrt((sums_N[1:] - sums_N[first_N]) / (num_frames - 1)), dtype=np.float32)


def landmark_variance(traces: Sequence[Trace], rule: VerdictRule) -> float:
    """Of the landmarks that move most, in squared face heights; may be below 0 where there is only noise."""
    points_ND = np.stack([trace.landmarks_M2.reshape(-1) for trace in traces])
    lasting_M = _lasting(points_ND, rule).reshape(-1, 2).sum(axis=1)
    return float(np.quantile(lasting_M, rule.landmark_quantile))


def appearance_variance(traces: Sequence[Trace], rule: VerdictRule) -> float:
    """As a share of the face's own contrast; may be below 0 where there is only noise."""
    values_ND = np.stack([trace.appearance_AA.reshape(-1) for trace in traces])
    values_ND = values_ND[:, ~np.isnan(values_ND).any(axis=0)]
    values_ND = _without_cuts(values_ND - values_ND.mean(axis=1, keepdims=True), rule)
    return float(_lasting(values_ND, rule).mean() / max(float(values_ND.var()), 1e-6))


def _lasting(values_ND: FloatArray, rule: VerdictRule) -> FloatArray:
    """The variance over time, per value, that one frame shares with the next, less its share of the noise.

    White noise of variance s^2 has a mean squared second difference of 6 s^2.
    """
    change_ND = values_ND - values_ND.mean(axis=0)
    shared_D = (change_ND[1:] * change_ND[:-1]).mean(axis=0)
    bend_ND = change_ND[2:] - 2 * change_ND[1:-1] + change_ND[:-2]
    return np.asarray(shared_D - rule.noise_share * (bend_ND**2).mean(axis=0) / 6, dtype=np.float32)


def _without_cuts(values_ND: FloatArray, rule: VerdictRule) -> FloatArray:
    """A step far larger than is usual in the span leads to another picture, and counts as a usual one.

    Else two photographs, one after the other, would move as much as their faces differ. Not so the landmarks'
    steps: people's are as sudden.
    """
    steps_ND = np.diff(values_ND, axis=0)
    sizes_N1 = np.sqrt((steps_ND**2).mean(axis=1, keepdims=True))
    shares_N1 = np.minimum(1, rule.max_step * np.median(sizes_N1) / np.maximum(sizes_N1, _ROUNDING))
    way_ND = np.cumsum(steps_ND * shares_N1, axis=0)
    return np.asarray(values_ND[0] + np.vstack([np.zeros_like(values_ND[:1]), way_ND]), dtype=np.float32)


def _canvas(square: Square, size: int) -> NDArray[np.float64]:
    """Frame px -> px of the square at `size` x `size`, as a homography (3, 3)."""
    zoom = size / square.side
    return np.array([[zoom, 0, -zoom * square.left], [0, zoom, -zoom * square.top], [0, 0, 1]])


def _laid(luma: PixelArray, homography: NDArray[np.float64], around: Square) -> PixelArray:
    """The picture `around` the first face (B, B), after the homography that lays this face on it."""
    canvas = _canvas(around, PICTURE_SIZE)
    shrink = max(1, around.side // (2 * PICTURE_SIZE))  # averaged first: one px of B covers many of a frame
    height, width = luma.shape
    size = max(1, width // shrink), max(1, height // shrink)
    small = cv2.resize(luma, size, interpolation=cv2.INTER_AREA)
    across, down = width / size[0], height / size[1]
    enlarged = np.array([[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2], [0, 0, 1]])
    side = (PICTURE_SIZE, PICTURE_SIZE)
    laid = cv2.warpPerspective(small, canvas @ homography @ enlarged, side, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(laid, dtype=np.uint8)


def _local_contrast(luma_AA: FloatArray) -> FloatArray:
    """Brightness with the light's slow changes over the face taken out."""
    smooth_AA = cv2.GaussianBlur(luma_AA, (0, 0), _BLUR)
    detail_AA = smooth_AA - cv2.GaussianBlur(smooth_AA, (0, 0), _LIGHT)
    power_AA = cv2.GaussianBlur(detail_AA**2, (0, 0), 2 * _LIGHT)
    return np.asarray(detail_AA / np.sqrt(power_AA + _MIN_CONTRAST**2), dtype=np.float32)


def _on_face(points_M2: NDArray[np.float64]) -> BoolArray:
    """The px of the aligned picture (A, A) inside the hull of the landmarks."""
    return inside_hull(np.trunc(points_M2), (APPEARANCE_SIZE, APPEARANCE_SIZE))
