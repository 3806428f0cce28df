"""How often the whole rule is applied to a stream that runs."""

from itertools import pairwise

from model.card import VerdictRule
from model.verdict import Decision, Judgement
from service.stream.standing import Standing

RULE = VerdictRule()


def judgement(decision: Decision) -> Judgement:
    return Judgement(decision, None, 0.5, (), (), None, None, 0, {})


def test_the_rule_is_applied_again_only_once_the_stream_is_a_sixteenth_longer() -> None:
    stands, applied = Standing(), list[int]()
    for seen in range(1, 546):
        if stands.due(seen, RULE):
            stands = stands.judged(seen, judgement(Decision.UNDECIDED))
            applied.append(seen)
    assert applied[0] == RULE.min_windows
    assert all(after - before == max(1, before // 16) for before, after in pairwise(applied))
    assert len(applied) < 100


def test_a_stream_is_decided_when_the_rule_says_so() -> None:
    assert not Standing().judged(20, judgement(Decision.UNDECIDED)).decided
    for decision in (Decision.ATTACK, Decision.BONA_FIDE):
        assert Standing().judged(20, judgement(decision)).decided


def test_a_judgement_says_nothing_of_the_newest_span() -> None:
    assert Standing(still=True).judged(20, judgement(Decision.UNDECIDED)).still
