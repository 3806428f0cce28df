"""Clips that would wait too long are not begun, so that under any load those that are begun end soon."""

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from service.backlog import Backlog

DEADLINE, MOST, ROOM = 30.0, 5.0, 16


def test_an_idle_service_always_takes_a_clip() -> None:
    backlog = Backlog(MOST, workers=1)
    backlog.ended(1000.0, among=1)
    assert not backlog.too_long(0)
    assert backlog.too_long(1)


def test_nothing_is_refused_before_anything_was_seen() -> None:
    assert not Backlog(MOST, workers=1).too_long(ROOM)


@given(st.floats(0.05, 12.0))
def test_at_five_times_what_it_can_do_a_service_of_any_speed_goes_on_answering(each: float) -> None:
    """One clip after the other; whoever waited longer than the deadline is given up, the work in vain."""
    backlog, waiting, now, done = Backlog(MOST, workers=1), deque[tuple[float, int]](), 0.0, 0
    for i in range(600):
        now += each / 5
        if len(waiting) < ROOM and not backlog.too_long(len(waiting)):
            waiting.append((now, len(waiting) + 1))
        if i % 5 == 4 and waiting:
            came, among = waiting.popleft()
            backlog.ended(min(now - came, DEADLINE), among=among)
            done += now - came <= max(1.5 * MOST, 2 * each) and i >= 300
    assert done >= 0.9 * 300 / 5
