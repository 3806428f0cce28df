"""Makes the golden files anew and prints how far they drifted from the stored ones.

`tiny/*.onnx` are the graphs of the smallest variant with random weights, for tests that need an engine;
`tiny.npz` holds a clip of faces and what the network said of it. Run it on purpose only: a drift that nobody
wanted is a defect.
"""

from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from model.card import ModelCard, VerdictRule
from model.clip import FloatArray, PixelArray
from model.network.config import TINY
from model.network.gradient import GradientBlock
from model.network.liveness import Label, LivenessNet
from model.scoring import living_score
from training.export import export
from training.parity import GraphFiles, drift

FOLDER = Path(__file__).parent
WEIGHTS = FOLDER / "tiny"
ARRAYS = FOLDER / "tiny.npz"
OUTPUTS = ("coarse_depth", "temporal_depth", "refined_depth", "bona_fide_probability")
_SEED = 20200613


@cache
def tiny_net(seed: int = _SEED) -> LivenessNet:
    """Random weights, normalisations that have seen pictures, answers of the order of trained ones.

    The blocks' offsets keep most of their ReLUs open: with so few channels, closing them at random makes a
    network that doubles rounding errors from layer to layer. Shared by whoever asks: copy it before a change.
    """
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(seed)
        net = LivenessNet(TINY)
        for block in net.modules():
            if isinstance(block, GradientBlock):
                block.norm.bias.fill_(1.0)
        net.frame_net.depth.weight *= 0.3
        for step in range(30):
            said = net(to_faces(pictures(4, seed=step)))
        preference = said.logits_B2[:, Label.BONA_FIDE] - said.logits_B2[:, Label.ATTACK]
        net.classify.layers[-1].bias[Label.BONA_FIDE] -= preference.median()
    return net.eval()


def pictures(clips: int, *, seed: int) -> PixelArray:
    """Smooth random textures that move: (B, T, 3, S, S)."""
    generator = torch.Generator().manual_seed(seed)
    frames, size = TINY.num_frames, TINY.face_size
    coarse = torch.rand((clips, 3, 12, 12), generator=generator)
    wide = functional.interpolate(coarse, size=size + frames, mode="bicubic").clamp(0, 1)
    moved = [wide[..., t : t + size, t : t + size] for t in range(frames)]
    return np.asarray((torch.stack(moved, dim=1) * 255).round().to(torch.uint8).numpy())


def to_faces(pixels: PixelArray) -> torch.Tensor:
    """0..255 -> the card's input range."""
    return torch.from_numpy(pixels.astype(np.float32) / 255 - 0.5)


def card_of(threshold: float) -> ModelCard:
    return ModelCard(
        name="tiny",
        version="0.0.0",
        variant=TINY.name,
        status="test",
        training_run=f"none: random weights of seed {_SEED} (tests/golden/make_golden.py)",
        data_version="none",
        face_size=TINY.face_size,
        alpha=TINY.alpha,
        threshold=threshold,
        verdict=VerdictRule(min_motion=0.0),  # drawn pictures may be still: these weights say nothing anyway
    )


def typical_score(net: LivenessNet, card: ModelCard) -> float:
    """The median living score over random clips: at this threshold both verdicts happen."""
    with torch.no_grad():
        said = net(to_faces(pictures(32, seed=1000)))
    probability = torch.softmax(said.logits_B2, dim=1)[:, 1].numpy()
    depth = said.refined_BPhw.clamp(0, 1).mean(dim=(1, 2, 3)).numpy()
    return round(
        float(
            np.median([living_score(b, d, beta=card.beta) for b, d in zip(probability, depth, strict=True)])
        ),
        4,
    )


def answers(pixels: PixelArray) -> dict[str, FloatArray]:
    """What the stored clip graph says."""
    said = GraphFiles(WEIGHTS, ("clip",)).run("clip", to_faces(pixels).numpy())
    return dict(zip(OUTPUTS, said, strict=True))


def main() -> None:
    torch.set_num_threads(1)
    net = tiny_net()
    card = card_of(typical_score(net, card_of(0.5)))
    stored = dict(np.load(ARRAYS)) if ARRAYS.is_file() else {}
    export(net, card, WEIGHTS)
    pixels = pictures(2, seed=1)
    fresh = answers(pixels)
    for name, value in fresh.items():
        before = f"drifted by {drift(value, stored[name]):.3g}" if name in stored else "is new"
        print(f"{name:24} {before}")  # noqa: T201 - a command's answer
    np.savez_compressed(ARRAYS, allow_pickle=False, pixels=pixels, **fresh)


if __name__ == "__main__":
    main()
