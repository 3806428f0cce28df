"""Whatever comes over a stream, in whatever order: the protocol stays within its rules and never fails."""

import json
from dataclasses import replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from model.quality import Reason
from service.examples import VERDICTS
from service.schemas import Verdict
from service.stream.closes import CLOSE_OF, Close, Fault
from service.stream.codec import Codec, pack
from service.stream.messages import FROM_SERVER, Ack, ErrorMessage, Outcome, Ready
from service.stream.protocol import opened, step, wake_at
from service.stream.state import (
    Action,
    Conclude,
    Concluded,
    CutShort,
    DrainBegan,
    Event,
    FrameCame,
    Judge,
    Judged,
    Phase,
    Picture,
    Rules,
    Say,
    Shut,
    TextCame,
    TimePassed,
)
from tests.service.stream.script import RULES, SESSION, TRACE, jpeg

HELLO: dict[str, Any] = {"type": "hello", "version": 1, "width": 640, "height": 480, "fps": 30}
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner))
ALMOST = st.fixed_dictionaries(
    {}, optional={name: st.just(HELLO[name]) | JSON for name in HELLO} | {"x": JSON}
)
TEXTS = st.text(max_size=60) | JSON.map(json.dumps) | ALMOST.map(json.dumps) | st.just("x" * 5000)
FAULTS = st.none() | st.just((Fault.BAD_PICTURE, "no"))


class Stream(RuleBasedStateMachine):
    """One stream, its client honest or not, its service early, late or never."""

    @initialize(rules=st.sampled_from([RULES, SESSION]), credit=st.integers(1, 4))
    def begins(self, rules: Rules, credit: int) -> None:
        self.rules = replace(rules, limits=replace(rules.limits, credit=credit))
        self.now = 100.0
        self.state = opened(self.now)
        self.granted = 0  # frames that the client was told it may send
        self.work: list[Picture] = []
        self.verdicts_due = 0
        self.said: list[Any] = []
        self.shut: Shut | None = None

    def happens(self, event: Event) -> None:
        before = self.state
        self.state, actions = step(self.state, event, self.now, self.rules)
        if before.phase is Phase.CLOSED:
            assert (self.state, actions) == (before, ())
        for action in actions:
            assert self.shut is None
            self.does(action)

    def does(self, action: Action) -> None:
        match action:
            case Say(message):
                assert FROM_SERVER.validate_json(message.model_dump_json()) == message
                self.said.append(message)
                self.granted += message.credit if isinstance(message, Ready | Ack) else 0
            case Judge(picture):
                self.work.append(picture)
            case Conclude():
                self.verdicts_due += 1
            case Shut():
                self.shut = action

    @rule(text=TEXTS)
    def the_client_says_something(self, text: str) -> None:
        self.happens(TextCame(text))

    @rule(trace=st.booleans())
    def the_client_says_hello(self, trace: bool) -> None:
        self.happens(TextCame(json.dumps(HELLO | {"trace": trace})))

    @rule()
    def the_client_says_end(self) -> None:
        self.happens(TextCame('{"type": "end"}'))

    @rule(apart=st.integers(30_000, 200_000))
    def an_honest_frame_comes_and_is_taken(self, apart: int) -> None:
        self.now += apart / 1e6
        before = self.state
        sequence, captured = before.sequence + 1, before.captured + apart
        self.happens(FrameCame(pack(jpeg(), codec=Codec.JPEG, sequence=sequence, captured=captured)))
        if before.phase is Phase.STREAMING and before.credit > 0:
            assert self.state.received == before.received + 1
            assert self.shut is None

    @rule(data=st.binary(max_size=64), at=st.integers(0, 40), whole=st.booleans())
    def bytes_come(self, data: bytes, at: int, whole: bool) -> None:
        """Any at all, or a frame that was overwritten somewhere."""
        good = pack(
            jpeg(), codec=Codec.JPEG, sequence=self.state.sequence + 1, captured=self.state.captured + 1
        )
        self.happens(FrameCame(data if whole else good[:at] + data + good[at + len(data) :]))

    @precondition(lambda self: self.work)
    @rule(new=st.booleans(), late=st.booleans(), decided=st.booleans(), fault=FAULTS, still=st.booleans())
    def a_frame_is_judged(self, new: bool, late: bool, decided: bool, fault: Any, still: bool) -> None:
        picture = self.work.pop()
        self.happens(
            Judged(
                picture=picture,
                windows=self.state.windows + new,
                reasons=(Reason.NO_FACE,) if still and not new else (),
                trace=TRACE if new and self.state.trace else None,
                late=late,
                decided=decided,
                fault=fault,
                still=still,
            )
        )

    @precondition(lambda self: self.verdicts_due)
    @rule(decision=st.sampled_from(sorted(VERDICTS)))
    def the_verdict_is_made(self, decision: str) -> None:
        self.verdicts_due = 0
        self.happens(Concluded(Verdict.model_validate_json(json.dumps(VERDICTS[decision]))))

    @rule(seconds=st.floats(0.001, 70))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        if self.now >= wake_at(self.state, self.rules):
            self.happens(TimePassed())

    @rule()
    def the_service_drains(self) -> None:
        self.happens(DrainBegan())

    @precondition(lambda self: self.state.received > 3)
    @rule()
    def the_session_is_erased(self) -> None:
        self.happens(CutShort(Fault.SESSION_ERASED, "this session was erased"))

    @invariant()
    def every_frame_that_was_taken_was_granted(self) -> None:
        assert self.state.received <= self.granted
        if self.state.phase is Phase.STREAMING:
            assert self.state.credit == self.granted - self.state.received

    @invariant()
    def one_frame_is_in_work_and_one_waits_at_most(self) -> None:
        assert len(self.work) <= 1
        assert self.state.judging == bool(self.work) or self.state.phase is Phase.CLOSED
        assert self.state.waiting is None or self.state.judging or self.state.phase is Phase.CLOSED

    @invariant()
    def a_verdict_is_asked_for_once_all_was_judged(self) -> None:
        assert self.verdicts_due <= 1
        assert self.verdicts_due == (self.state.phase is Phase.CONCLUDING) or self.shut is not None

    @invariant()
    def the_close_is_as_the_last_word(self) -> None:
        if self.shut is None:
            assert not any(isinstance(each, Outcome | ErrorMessage) for each in self.said)
            return
        last = self.said[-1]
        if isinstance(last, ErrorMessage):
            assert last.fatal
            assert (self.shut.close, self.shut.fault) == (CLOSE_OF[last.code], last.code)
        else:
            assert isinstance(last, Outcome)
            assert self.shut.close in (Close.DONE, Close.TIMEOUT)
            assert (last.verdict is not None) == self.rules.whole_verdict


Stream.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestStream = Stream.TestCase
