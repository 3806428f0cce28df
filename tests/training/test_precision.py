"""A network may compute in bfloat16; its losses never do. On the CPU, which stands in for a GPU."""

from collections.abc import Sequence
from contextlib import nullcontext

import pytest
import torch

from training import trainer
from training.batches import Batch
from training.config import PRESETS
from training.losses import contrastive_depth_loss
from training.optimise import reduced_precision
from training.trainer import Trainer

SMOKE = PRESETS["smoke"]


def batch_of_two() -> Batch:
    network, generator = SMOKE.network, torch.Generator().manual_seed(0)
    faces, cells = (2, network.num_frames, 3, *[network.face_size] * 2), [network.depth_size] * 2
    depth_BThw = torch.rand(2, network.num_frames, *cells, generator=generator)
    depth_BThw[1] = 0
    bona_fide_B, tell_B = torch.tensor([True, False]), torch.tensor([True, True])
    return Batch(torch.rand(faces, generator=generator), depth_BThw, bona_fide_B, tell_B)


@pytest.mark.parametrize(
    ("stage", "parts"), [(1, ("total", "depth", "contrast")), (2, ("total", "depth", "contrast", "binary"))]
)
def test_no_loss_is_computed_in_the_networks_precision(
    stage: int, parts: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_bfloat16(_device: str) -> torch.autocast:
        return torch.autocast("cpu", dtype=torch.bfloat16)

    monkeypatch.setattr(trainer, "reduced_precision", in_bfloat16)
    trained = Trainer(SMOKE)
    for _ in range(1, stage):
        trained.next_stage()
    losses = trained.step_on(batch_of_two())
    for name in parts:
        part = getattr(losses, name)
        assert part.dtype is torch.float32, name
        assert part.item() != part.bfloat16().item(), name  # nor on the way there


def test_under_autocast_a_loss_would_be_in_bfloat16() -> None:
    """What the test above would not see otherwise."""
    depth_Nhw, label_Nhw = torch.rand(2, 8, 8), torch.rand(2, 8, 8)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert contrastive_depth_loss(depth_Nhw, label_Nhw).dtype is torch.bfloat16


def test_a_cpu_computes_in_float32() -> None:
    with reduced_precision("cpu"):
        assert not torch.is_autocast_enabled("cpu")
        assert torch.nn.functional.linear(torch.ones(1, 2), torch.ones(1, 2)).dtype is torch.float32


@pytest.mark.parametrize("able", [True, False])
def test_a_gpu_computes_in_bfloat16_where_it_can(able: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: able)
    monkeypatch.setattr(torch, "autocast", lambda device, *, dtype: nullcontext((device, dtype)))
    with reduced_precision("cuda:1") as chosen:
        assert chosen == (("cuda", torch.bfloat16) if able else None)
