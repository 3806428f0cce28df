"""Clips that could not end in time are not begun, so that under any load those that are begun do end."""

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from service.backlog import Backlog

DEADLINE = 30.0
ROOM = 16


def test_an_idle_service_always_takes_a_clip() -> None:
    backlog = Backlog()
    backlog.ended(1000.0, among=1)
    assert not backlog.too_long(0, DEADLINE)


def test_nothing_is_refused_before_anything_was_seen() -> None:
    assert not Backlog().too_long(ROOM, DEADLINE)


@given(st.floats(0.05, 12.0))
def test_at_five_times_what_it_can_do_a_service_of_any_speed_goes_on_answering(each: float) -> None:
    """One clip after the other; whoever waited longer than the deadline is given up, the work in vain."""
    backlog, waiting, now, done = Backlog(), deque[tuple[float, int]](), 0.0, 0
    for i in range(600):
        now += each / 5
        if len(waiting) < ROOM and not backlog.too_long(len(waiting), DEADLINE):
            waiting.append((now, len(waiting) + 1))
        if i % 5 == 4:
            came, among = waiting.popleft()
            backlog.ended(min(now - came, DEADLINE), among=among)
            done += now - came <= DEADLINE and i >= 300
    assert done >= 0.9 * 300 / 5
