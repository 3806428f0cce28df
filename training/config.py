"""How a set of weights is trained: presets, and the JSON that is saved with every checkpoint."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from pydantic import ConfigDict, TypeAdapter, ValidationError

from model.card import ModelCard
from model.network.config import COMPACT, PAPER, TINY, NetworkConfig
from training.errors import RunMismatch
from training.protocols import EVERYTHING

_STRICT = ConfigDict(extra="forbid")
STAGES: Final = (1, 2)


class Optimiser(StrEnum):
    ADAM = "adam"
    ADADELTA = "adadelta"


@dataclass(frozen=True, kw_only=True, slots=True)
class StageConfig:
    """One of the two stages. The rate rises linearly, stays, and falls linearly over the last steps."""

    __pydantic_config__ = _STRICT

    steps: int
    batch_size: int  # windows; even, so that matched pairs stay together
    contrast_weight: float  # of the contrastive depth loss, Eq. 6
    optimiser: Optimiser = Optimiser.ADAM
    learning_rate: float = 1e-4
    warmup_steps: int = 0
    cooldown_share: float = 0.0  # of the steps, at the end
    weight_decay: float = 0.0  # L2 on the weights of convolutions and linear layers, not of the ConvGRU

    def __post_init__(self) -> None:
        if self.batch_size % 2:
            raise ValueError(f"a batch holds matched pairs, so its size is even, not {self.batch_size}")


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainConfig:
    """All that decides what the weights become, besides the captures."""

    __pydantic_config__ = _STRICT

    preset: str
    network: NetworkConfig
    stage1: StageConfig
    stage2: StageConfig
    beta: float = 0.8  # weight of the binary loss against depth, Eq. 8
    binary_loss: bool = True
    time_share: float = (
        0.35  # of stage 2's pairs, at most: a bona fide window, and itself with its time wrong
    )
    backbone_rate: float = 0.0  # of stage 2's rate, at which the backbone moves too; 0 as the paper
    coarse_weight: float = 0.0  # of the first stage's loss in a second stage that moves the backbone
    average_decay: float | None = None  # of the exponential moving average that is evaluated and exported
    seed: int = 0
    protocol: str = EVERYTHING.name  # what of train is learnt from, and of dev the threshold
    began_with: str | None = None  # the checkpoint in place of random weights (`provenance.origin`)
    processes: int = 1  # a step sees as many batches
    checkpoint_every: int = 200  # steps
    evaluate_every: int = 500
    log_every: int = 20
    dev_groups: int = 25  # the fixed subset that is looked at during training

    def __post_init__(self) -> None:
        for share in (self.time_share, self.backbone_rate):
            if not 0 <= share <= 1:
                raise ValueError(f"a share is between 0 and 1, not {share}")

    def stage(self, number: int) -> StageConfig:
        return self.stage1 if number == 1 else self.stage2

    def backbone_share(self, number: int) -> float:
        """Of a stage's learning rate, for the backbone; 0 freezes it."""
        return 1.0 if number == 1 else self.backbone_rate

    def with_steps(self, *, stage1: int | None, stage2: int | None) -> "TrainConfig":
        """Another length, everything else the same; None keeps a stage's own."""
        return replace(
            self,
            stage1=replace(self.stage1, steps=self.stage1.steps if stage1 is None else stage1),
            stage2=replace(self.stage2, steps=self.stage2.steps if stage2 is None else stage2),
        )

    def to_json(self) -> str:
        return _ADAPTER.dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str) -> "TrainConfig":
        """Raises RunMismatch where the JSON is of another version of this class."""
        try:
            return _ADAPTER.validate_json(text, strict=True)
        except ValidationError as error:
            raise RunMismatch(f"the run was made by another version of the training: {error}") from error


_ADAPTER: Final = TypeAdapter(TrainConfig)


def training_card(config: TrainConfig) -> ModelCard:
    """The constants that training's windows are cut with: the card before its threshold is known."""
    return ModelCard(
        name=config.network.name,
        version="0.0.0",
        variant=config.network.name,
        status="test",
        training_run="not finished",
        data_version="none",
        num_frames=config.network.num_frames,
        face_size=config.network.face_size,
        depth_size=config.network.depth_size,
        alpha=config.network.alpha,
        beta=config.beta,
        threshold=0.5,
    )


# The paper's and its code's own schedule and pairs (network.md sections 3, 4 and 6).
_PAPER = TrainConfig(
    preset="paper",
    time_share=0.0,
    network=PAPER,
    stage1=StageConfig(steps=9500, batch_size=48, contrast_weight=0.5, learning_rate=1e-4, weight_decay=5e-4),
    stage2=StageConfig(
        steps=100_000,
        batch_size=2,
        contrast_weight=1.0,
        optimiser=Optimiser.ADADELTA,
        learning_rate=1e-2,
        weight_decay=5e-4,
    ),
)
# Adam in both stages: Adadelta's first steps at the paper's rate move a weight by about 4.5e-6.
_COMPACT = TrainConfig(
    preset="compact",
    network=COMPACT,
    stage1=StageConfig(
        steps=6000,
        batch_size=32,
        contrast_weight=0.5,
        learning_rate=1e-3,
        warmup_steps=200,
        cooldown_share=0.3,
        weight_decay=1e-5,
    ),
    stage2=StageConfig(
        steps=6000,
        batch_size=12,
        contrast_weight=1.0,
        learning_rate=3e-4,  # at 1e-3 a batch this small loses on the plateau what it gains as the rate falls
        warmup_steps=50,
        cooldown_share=0.9,
        weight_decay=1e-5,
    ),
    time_share=0.3,
    # Frozen, the second stage stood still from its 800th step on, with single frames told apart at 0.75-0.84.
    backbone_rate=0.3,
    # Without it, Eq. 8 asks nothing of single frames' depth: inside the mask it fell from 0.71 to 0.38.
    coarse_weight=1.0,
    average_decay=0.998,
)
# A shorter run of the same network, for comparing one choice with another; some hundred steps must be enough.
_STUDY = replace(
    _COMPACT,
    preset="study",
    stage1=replace(_COMPACT.stage1, steps=1500, warmup_steps=50),
    stage2=replace(_COMPACT.stage2, steps=1500, warmup_steps=50),
    backbone_rate=0.0,
)
# A minute: proves that a machine can train at all.
_SMOKE = TrainConfig(
    preset="smoke",
    network=TINY,
    stage1=StageConfig(steps=6, batch_size=4, contrast_weight=0.5, learning_rate=1e-3, weight_decay=1e-5),
    stage2=StageConfig(steps=6, batch_size=4, contrast_weight=1.0, learning_rate=1e-3, weight_decay=1e-5),
    average_decay=0.9,
    checkpoint_every=3,
    evaluate_every=6,
    log_every=1,
    dev_groups=2,
)
PRESETS: Final = {config.preset: config for config in (_COMPACT, _PAPER, _STUDY, _SMOKE)}
