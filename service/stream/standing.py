"""Where a stream stands while it runs: whether the rule decides already, and whether anything moves."""

from dataclasses import dataclass, replace

from model.card import VerdictRule
from model.judge import decided_again_at
from model.verdict import Decision, Judgement


@dataclass(frozen=True, slots=True)
class Standing:
    """Passed in and returned with each window."""

    next_at: int = 0  # sampled frames from which the rule is applied again
    decided: bool = False
    still: bool = False  # the newest span is full and hardly moved

    def due(self, seen: int, rule: VerdictRule) -> bool:
        """Whether the rule is applied to so many sampled frames; ever less often, as it takes ever longer."""
        return seen >= max(self.next_at, rule.min_windows)

    def judged(self, seen: int, judgement: Judgement) -> "Standing":
        decided = judgement.decision is not Decision.UNDECIDED
        return replace(self, next_at=decided_again_at(seen), decided=decided)
