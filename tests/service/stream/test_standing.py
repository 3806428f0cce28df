"""What a running stream is asked of, and how often the whole rule is applied to it."""

from dataclasses import replace
from itertools import pairwise

import pytest

from model.card import VerdictRule
from model.verdict import Decision, Observation, decide, should_move
from service.stream import standing
from service.stream.standing import Standing, looked_at
from tests.model.test_geometry import head
from tests.model.test_judge import CARD, CountingEngine, observed, script_of, shown

STRICT = replace(CARD, verdict=VerdictRule())


@pytest.fixture(scope="module")
def still() -> list[Observation]:
    """A plane that shifts, which is never decided."""
    points = [head(centre=(300.0 + 3 * i, 240.0)) for i in range(40)]
    return observed(shown(points), script_of(points), CountingEngine(card=STRICT))


def test_the_rule_is_applied_again_only_once_the_stream_is_a_sixteenth_longer(
    still: list[Observation], monkeypatch: pytest.MonkeyPatch
) -> None:
    applied: list[int] = []

    def counting(observations: list[Observation], *, card: object) -> object:
        applied.append(len(observations))
        assert card is STRICT
        return decide(observations[:20], card=STRICT)  # its length is not what this is about

    monkeypatch.setattr(standing, "decide", counting)
    stands = Standing()
    for count in range(12, 540):
        seen = (still * 14)[:count]
        stands = looked_at(stands, seen, card=STRICT, ends=True)
    assert applied[0] == 12
    assert all(after - before == max(1, before // 16) for before, after in pairwise(applied))


def test_a_stream_that_no_decision_would_end_is_not_judged_on_its_way(
    still: list[Observation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "decide", None)
    assert not looked_at(Standing(), still, card=STRICT, ends=False).decided


def test_the_hint_to_move_is_the_newest_spans(still: list[Observation]) -> None:
    assert should_move(still, card=STRICT)
    assert looked_at(Standing(), still, card=STRICT, ends=False).still
    assert not looked_at(Standing(), still[:10], card=STRICT, ends=False).still


def test_a_stream_is_decided_when_the_rule_says_so() -> None:
    points = [head(centre=(300.0 + 3 * i, 240.0)) for i in range(24)]
    seen = observed(shown(points), script_of(points), CountingEngine(probabilities=(0.0,) * 40))
    assert decide(seen, card=CARD).decision is Decision.ATTACK
    assert looked_at(Standing(), seen, card=CARD, ends=True).decided
