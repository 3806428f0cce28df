"""The variants of the network: one definition, typed switches."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Stem(StrEnum):
    """How the first block meets the picture."""

    FULL = "full"  # stride 1, as the paper
    STRIDE_2 = "stride_2"  # a quarter of the work behind it; the gradient is still taken at full size
    SPACE_TO_DEPTH = (
        "space_to_depth"  # 2 x 2 pixels become the channels of one: the same work, nothing skipped
    )


class Temporal(StrEnum):
    """The short-term block between neighbouring frames (Table 2 of the paper)."""

    NONE = "none"
    OFF = "off"  # without the current features and the future spatial gradients
    STSTB = "ststb"


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkConfig:
    """What one set of weights was built with.

    `width` scales every width of the paper's network, never the depth map. A level whose tap is not larger
    than the depth grid is not pooled, so that every depth map has `depth_size` cells a side. Raises
    ValueError where the picture cannot be halved down to the grid.
    """

    name: str
    face_size: int = 256  # px, S
    depth_size: int = 32  # cells, h = w
    num_frames: int = 5  # T
    width: float = 1.0
    stem: Stem = Stem.FULL
    subsample: bool = True  # to a smaller grid as TensorFlow's resize does (network.md 1.5), or by averaging
    gradient: bool = True  # residual spatial gradient blocks, or plain convolutions in their place
    temporal: Temporal = Temporal.STSTB
    raw_features: bool = True  # STSTB is shown a level's features as they are (code), or compressed (paper)
    change_gain: float = 1.0  # of the change between two frames, before it is joined with their gradients
    recurrence: bool = True  # the ConvGRU carries its state from pair to pair
    alpha: float = 0.6  # Eq. 4
    norm_momentum: float = 1e-3  # share of a batch in the running statistics, PyTorch's convention

    def __post_init__(self) -> None:
        halvings, rest = divmod(self.stem_size, self.depth_size)
        if rest or halvings.bit_count() != 1:
            raise ValueError(
                f"a face of {self.face_size} px leaves the {self.stem} stem at {self.stem_size} px, which is "
                f"not {self.depth_size} times a power of two; choose another face_size or depth_size"
            )
        if self.num_frames < 2:
            raise ValueError(f"a window has two frames or more, not {self.num_frames}")

    @property
    def stem_size(self) -> int:
        """Side in px of what the stem hands on, the size of the first level."""
        return self.face_size if self.stem is Stem.FULL else self.face_size // 2

    @property
    def num_pairs(self) -> int:
        """P = T - 1."""
        return self.num_frames - 1

    def channels(self, of_paper: int) -> int:
        """A width of the paper's network, scaled."""
        return max(1, round(of_paper * self.width))


PAPER: Final = NetworkConfig(name="paper")
# Sobel sums are six times as large as the change between two frames, in four times as many channels: without
# a gain the change is a hundredth of what the short-term block sees, and 900 steps of training had not found
# it; with one, 150 steps tell a frozen window from a moving one.
COMPACT: Final = NetworkConfig(
    name="compact",
    face_size=128,
    width=0.25,
    stem=Stem.STRIDE_2,
    subsample=False,
    change_gain=8.0,
    norm_momentum=0.02,
)
TINY: Final = NetworkConfig(name="tiny", face_size=64, width=1 / 32, subsample=False, norm_momentum=0.1)
VARIANTS: Final = {config.name: config for config in (PAPER, COMPACT, TINY)}
