"""Where a stream stands while it runs, at a cost per frame that does not grow with the stream.

The rule of `model.verdict` looks at all that was seen, which takes the longer the more that is. It is applied
again once the stream is a sixteenth longer than the last time: what a frame pays for it stays within bounds,
and a decision comes at most that much later. Whether to move is asked of the newest span alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from model.card import ModelCard
from model.verdict import Decision, Observation, decide, should_move

LONGER: Final = 16  # the rule is applied again after this part of the frames seen


@dataclass(frozen=True, slots=True)
class Standing:
    """Passed in and returned with each window."""

    next_at: int = 0  # sampled frames from which the rule is applied again
    decided: bool = False
    still: bool = False  # the newest span is full and hardly moved


def looked_at(
    before: Standing, observations: Sequence[Observation], *, card: ModelCard, ends: bool
) -> Standing:
    """The standing with a further window; `ends` where a decision would end the stream."""
    still, seen = should_move(observations, card=card), len(observations)
    if not ends or seen < max(before.next_at, card.verdict.min_windows):
        return replace(before, still=still)
    decided = decide(observations, card=card).decision is not Decision.UNDECIDED
    return Standing(seen + max(1, seen // LONGER), decided, still)
