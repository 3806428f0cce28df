"""One frame at a time: a plain convolutional network of `compact`'s size, as the field's open tools are.

The backbone is `compact`'s own with plain convolutions in place of its gradient blocks, and without depth or
time: a pooled classifier on its last level. Trained on single frames of the same captures, with the same
augmentation, two classes. N faces, S px a side.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from model.card import ModelCard
from model.clip import FloatArray, Frame
from model.geometry import face_square
from model.network.config import COMPACT, NetworkConfig
from model.network.frame import FrameNet
from model.preprocess import face_input, face_tone
from training.augment import jitter, photometric
from training.baselines.harness import Scorer
from training.datasets.capture import Capture, read_group
from training.errors import NoCaptures
from training.time_attacks import TIME_ONLY_SPECIES
from training.windows import decoded

_FRAMES = 5  # of a capture that are scored, evenly spread
_CACHED_GROUPS = 64
_LEVEL_WIDTH = 128  # of the backbone's last tap in the paper's network
PLAIN_COMPACT: Final = replace(COMPACT, name="single_frame", gradient=False)


class FrameClassifier(nn.Module):
    """Faces (N, 3, S, S) -> logits (N,), above 0 for bona fide."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.backbone = FrameNet(config)
        self.classify = nn.Linear(config.channels(_LEVEL_WIDTH), 1)

    def forward(self, faces_N3SS: Tensor) -> Tensor:
        _, taps = self.backbone(faces_N3SS)
        logits_N1: Tensor = self.classify(taps[-1].mean(dim=(2, 3)))
        return logits_N1[:, 0]


@dataclass(frozen=True, slots=True)
class SingleFrame:
    """How the classifier is trained; a batch holds bona fide and attack frames of the same groups.

    `weights` keeps what was trained; the same training on the same groups is not done again.
    """

    name: str = "single_frame"
    network: NetworkConfig = PLAIN_COMPACT
    steps: int = 3000
    batch_size: int = 32
    learning_rate: float = 1e-3
    seed: int = 0
    weights: Path | None = None

    def fit(self, groups: Sequence[Path]) -> Scorer:
        torch.manual_seed(self.seed)
        net, origin = FrameClassifier(self.network), self._origin(groups)
        net.to(memory_format=torch.channels_last)  # type: ignore[call-overload] # a fifth faster on a CPU
        if not self._read(net, origin):
            self._train(net, groups)
            self._keep(net, origin)
        net.eval()
        return lambda capture: frame_score(net, frame_card(self.network), capture)

    def _train(self, net: FrameClassifier, groups: Sequence[Path]) -> None:
        optimiser = torch.optim.AdamW(net.parameters(), lr=self.learning_rate)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, max_lr=self.learning_rate, total_steps=self.steps
        )
        batches = frame_batches(groups, frame_card(self.network), batch_size=self.batch_size, seed=self.seed)
        with tqdm(range(self.steps), f"{self.name}: train", unit="step") as bar:
            for _, (faces_N3SS, bona_fide_N) in zip(bar, batches, strict=False):
                loss = functional.binary_cross_entropy_with_logits(net(faces_N3SS), bona_fide_N)
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
                schedule.step()
                bar.set_postfix(loss=f"{loss.item():.3f}", refresh=False)

    def _origin(self, groups: Sequence[Path]) -> str:
        """What the weights depend on."""
        files = [(path.name, path.stat().st_size) for path in groups]
        settings = (self.network, self.steps, self.batch_size, self.learning_rate, self.seed)
        return hashlib.sha256(repr((settings, files)).encode()).hexdigest()

    def _read(self, net: FrameClassifier, origin: str) -> bool:
        """Whether weights of that origin were there."""
        if self.weights is None or not self.weights.is_file():
            return False
        kept = torch.load(self.weights, weights_only=True)
        if kept["origin"] != origin:
            return False
        net.load_state_dict(kept["net"])
        return True

    def _keep(self, net: FrameClassifier, origin: str) -> None:
        if self.weights is not None:
            self.weights.parent.mkdir(parents=True, exist_ok=True)
            torch.save({"origin": origin, "net": net.state_dict()}, self.weights)


def frame_batches(
    groups: Sequence[Path], card: ModelCard, *, batch_size: int, seed: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Endless batches: faces (N, 3, S, S) and 1 for bona fide, 0 for attack (N,).

    Raises NoCaptures where no group has both.
    """
    rng, read = np.random.default_rng(seed), lru_cache(maxsize=_CACHED_GROUPS)(read_group)
    if not any(_pair(read(path), rng) for path in groups):
        raise NoCaptures("no group of train holds a bona fide capture and an attack that one frame can show")
    while True:
        faces: list[FloatArray] = []
        labels: list[float] = []
        while len(faces) < batch_size:
            for capture in _pair(read(groups[int(rng.integers(len(groups)))]), rng):
                faces.append(_augmented_face(capture, card, rng))
                labels.append(float(capture.bona_fide))
        stacked = torch.from_numpy(np.stack(faces[:batch_size]))
        yield stacked.contiguous(memory_format=torch.channels_last), torch.tensor(labels[:batch_size])


def frame_score(net: FrameClassifier, card: ModelCard, capture: Capture) -> float:
    """Mean bona fide probability of a few frames, each by itself."""
    count = len(capture.frames)
    chosen = np.unique(np.linspace(0, count - 1, min(_FRAMES, count)).round().astype(int))
    faces = [_face(capture, int(position), card) for position in chosen]
    with torch.inference_mode():
        return float(torch.sigmoid(net(torch.from_numpy(np.stack(faces)))).mean())


def frame_card(config: NetworkConfig) -> ModelCard:
    """What `model.preprocess` must know of this network."""
    return ModelCard(
        name=config.name,
        version="0",
        variant=config.name,
        status="test",
        training_run="baseline",
        data_version="the run's",
        face_size=config.face_size,
        threshold=0.5,
    )


def _pair(group: Sequence[Capture], rng: np.random.Generator) -> tuple[Capture, ...]:
    bona_fide = [capture for capture in group if capture.bona_fide]
    attacks = [capture for capture in group if _usable(capture)]
    if not bona_fide or not attacks:
        return ()
    return bona_fide[0], attacks[int(rng.integers(len(attacks)))]


def _usable(capture: Capture) -> bool:
    """Whether it is an attack that one frame can show: from others it would learn to doubt every face."""
    return not capture.bona_fide and capture.species not in TIME_ONLY_SPECIES


def _face(capture: Capture, position: int, card: ModelCard) -> FloatArray:
    frame = Frame(decoded(capture.frames[position]), 0.0, position)
    square = face_square(capture.landmarks_TL3[position], scale=card.crop_scale)
    return face_input(frame, square, face_tone(frame, square, card), card)


def _augmented_face(capture: Capture, card: ModelCard, rng: np.random.Generator) -> FloatArray:
    position = int(rng.integers(len(capture.frames)))
    square = jitter(face_square(capture.landmarks_TL3[position], scale=card.crop_scale), rng)
    (pixels_HW3,) = photometric([decoded(capture.frames[position])], rng)
    frame = Frame(pixels_HW3, 0.0, position)
    face_3SS = face_input(frame, square, face_tone(frame, square, card), card)
    return np.ascontiguousarray(face_3SS[..., ::-1]) if rng.random() < 0.5 else face_3SS
