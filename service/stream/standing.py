"""Where a stream stands while it runs, at a cost per frame that does not grow with the stream.

Whether to move is asked of the newest span alone; the whole rule is applied ever less often.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from model.card import ModelCard
from model.judge import decided_again_at
from model.verdict import Decision, Observation, decide, should_move


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
    return Standing(decided_again_at(seen), decided, still)
