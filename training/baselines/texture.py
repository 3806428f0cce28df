"""Colour texture: histograms of local binary patterns in HSV and YCbCr, and a support vector machine.

Boulkenafet, Komulainen, Hadid, "Face anti-spoofing based on color texture analysis" (ICIP 2015): the face at
64 x 64 px, uniform patterns of 8 neighbours at radius 1, 59 bins for each of the 6 channels. Histograms are
averaged over a capture's frames. T frames, D = 354 numbers of a capture.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.feature import local_binary_pattern
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from model.clip import FloatArray, PixelArray
from model.geometry import crop, face_square
from training.baselines.harness import Scorer, captures
from training.datasets.capture import Capture
from training.time_attacks import TIME_ONLY_SPECIES
from training.windows import decoded

FACE_SIZE: Final = 64  # px
_NEIGHBOURS, _RADIUS, _BINS = 8, 1, 59
_FRAMES = 5  # of a capture, evenly spread
_COLOUR_SPACES: Final = (cv2.COLOR_RGB2HSV, cv2.COLOR_RGB2YCrCb)


@dataclass(frozen=True, slots=True)
class ColourTexture:
    """`most` bounds the captures that the machine is fitted on: its cost rises with their square.

    Attacks of time alone are left out: from pictures of a living face it would learn to doubt every face.
    """

    name: str = "lbp_svm"
    most: int = 6000
    seed: int = 0

    def fit(self, groups: Sequence[Path]) -> Scorer:
        features, labels = [], []
        for capture in captures(_drawn(groups, self.most, self.seed), f"{self.name}: train"):
            if capture.species not in TIME_ONLY_SPECIES:
                features.append(texture(capture))
                labels.append(capture.bona_fide)
        machine = make_pipeline(StandardScaler(), SVC(class_weight="balanced"))
        machine.fit(np.stack(features), np.array(labels))
        return lambda capture: _score(machine, capture)


def texture(capture: Capture) -> FloatArray:
    """The mean histogram of a few frames, (D,)."""
    count = len(capture.frames)
    chosen = np.unique(np.linspace(0, count - 1, min(_FRAMES, count)).round().astype(int))
    histograms = [_histograms(_face(capture, int(position))) for position in chosen]
    return np.asarray(np.mean(histograms, axis=0), dtype=np.float32)


def _face(capture: Capture, position: int) -> PixelArray:
    square = face_square(capture.landmarks_TL3[position], scale=1.0)
    return crop(decoded(capture.frames[position]), square, size=FACE_SIZE)


def _histograms(face_SS3: PixelArray) -> NDArray[np.float64]:
    channels = np.concatenate([cv2.cvtColor(face_SS3, space) for space in _COLOUR_SPACES], axis=2)
    return np.concatenate([_histogram(channels[..., index]) for index in range(channels.shape[2])])


def _histogram(channel_SS: PixelArray) -> NDArray[np.float64]:
    patterns: NDArray[np.float64] = local_binary_pattern(  # type: ignore[no-untyped-call]
        channel_SS, _NEIGHBOURS, _RADIUS, method="nri_uniform"
    )
    counts = np.bincount(patterns.astype(np.intp).ravel(), minlength=_BINS)
    return np.asarray(counts / patterns.size, dtype=np.float64)


def _score(machine: Pipeline, capture: Capture) -> float:
    """The side of the machine's plane, through a sigmoid: monotone, in [0, 1]."""
    return float(1 / (1 + np.exp(-machine.decision_function(texture(capture)[None])[0])))


def _drawn(groups: Sequence[Path], most: int, seed: int) -> Sequence[Path]:
    """As many groups as hold about `most` captures, spread over all of them."""
    captures_a_group = max(1, round(np.mean([_size(path) for path in groups[:8]])))
    count = max(1, most // captures_a_group)
    if count >= len(groups):
        return groups
    chosen = np.random.default_rng(seed).choice(len(groups), size=count, replace=False)
    return [groups[index] for index in sorted(chosen.tolist())]


def _size(path: Path) -> int:
    with np.load(path) as stored:
        return sum(name.endswith(".times_T") for name in stored.files)
