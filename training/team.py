"""Several processes that train one network (torchrun): each its own batches, one mean gradient.

Started without torchrun a process is a team of one, and nothing here costs anything. Normalisation sees each
process' own batch, as the paper's 6 images a GPU did; the leader's running statistics are the ones kept, and
all begin the second stage with them.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import torch
from torch import Tensor, distributed, nn

from training.batches import Batch
from training.errors import TrainingError
from training.prefetch import Source

_PATIENCE = timedelta(hours=1)  # followers wait while the leader looks at dev


@dataclass(frozen=True, slots=True)
class Team:
    """This process' place among all that train together."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """The leader alone writes checkpoints and logs, and looks at dev."""
        return self.rank == 0

    def average(self, parameters: Iterable[nn.Parameter]) -> None:
        """Puts the team's mean gradient in place of each process' own; one exchange for all of them."""
        if self.size == 1:
            return
        gradients = [each.grad for each in parameters if each.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        distributed.all_reduce(flat)
        flat /= self.size
        means = torch.split(flat, [each.numel() for each in gradients])
        for gradient, mean in zip(gradients, means, strict=True):
            gradient.copy_(mean.view_as(gradient))

    def share(self, values: Iterable[Tensor]) -> None:
        """Puts the leader's values in place of each process' own."""
        if self.size == 1:
            return
        for each in values:
            distributed.broadcast(each, src=0)

    def any(self, said: bool, device: str) -> bool:
        """Whether one of the team says so: all leave the same loop at the same step."""
        if self.size == 1:
            return said
        vote = torch.tensor([float(said)], device=device)
        distributed.all_reduce(vote)
        return vote.item() > 0


ALONE: Final = Team()


@dataclass(frozen=True, slots=True)
class Share:
    """This process' part of a source: of each step's batches its own, so that the team sees all of them."""

    source: Source
    team: Team

    def batch_at(self, stage: int, step: int) -> Batch:
        return self.source.batch_at(stage, step * self.team.size + self.team.rank)


@contextmanager
def joined(device: str) -> Iterator[tuple[Team, str]]:
    """The team that torchrun started this process in, and the device that is its own.

    Raises TrainingError where a team is given one GPU by its number.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield ALONE, device
        return
    own = _begun(device, int(os.environ["LOCAL_RANK"]))
    try:
        yield Team(int(os.environ["RANK"]), size), own
    finally:
        distributed.destroy_process_group()


def _begun(device: str, local: int) -> str:
    """Joins the others, over NCCL with a GPU for each; the device of this process."""
    if device.startswith("cuda:"):
        raise TrainingError(f"each of several processes takes a GPU of its own: --device cuda, not {device}")
    if device != "cuda":
        distributed.init_process_group("gloo", timeout=_PATIENCE)
        return device
    own = torch.device("cuda", local)
    torch.cuda.set_device(own)
    distributed.init_process_group("nccl", timeout=_PATIENCE, device_id=own)
    return str(own)
