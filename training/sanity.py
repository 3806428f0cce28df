"""Checks at the start of a stage: labels and gradients from which no training would recover."""

from collections.abc import Sequence

import torch
from torch import nn

from training.batches import Batch
from training.errors import SanityError


def check_labels(batch: Batch) -> None:
    """Raises SanityError where faces, depth labels and classes cannot belong together."""
    bona_fide = batch.bona_fide_B
    depth_of = batch.depth_BThw.amax(dim=(1, 2, 3))
    wrong = {
        "faces hold values that are not finite": not bool(torch.isfinite(batch.faces_BTCHW).all()),
        "all faces of the batch are the same": len(batch.faces_BTCHW) > 1
        and bool((batch.faces_BTCHW == batch.faces_BTCHW[:1]).all()),
        "depth labels lie outside 0..1": bool((batch.depth_BThw < 0).any() or (batch.depth_BThw > 1).any()),
        "an attack has depth": bool((depth_of[~bona_fide] > 0).any()),
        "no bona fide window has depth": not bool((depth_of[bona_fide] > 0).any()),
        "the batch holds one class only": bool(bona_fide.all() or not bona_fide.any()),
    }
    found = [what for what, is_so in wrong.items() if is_so]
    if found:
        raise SanityError("; ".join(found))


def check_gradients(net: nn.Module, trained: Sequence[nn.Parameter]) -> None:
    """After a backward pass: every trained parameter has a finite gradient, no other has one.

    Raises SanityError naming the parameters.
    """
    ids = {id(each) for each in trained}
    wrong = []
    for name, each in net.named_parameters():
        if id(each) not in ids:
            if each.grad is not None:
                wrong.append(f"{name} is frozen and has a gradient")
        elif each.grad is None:
            wrong.append(f"{name} has no gradient")
        elif not bool(torch.isfinite(each.grad).all()):
            wrong.append(f"{name} has a gradient that is not finite")
    if wrong:
        raise SanityError("; ".join(wrong[:5]))
