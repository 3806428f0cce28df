"""Who is let in among the streams."""

from types import SimpleNamespace

import pytest

from service.errors import Overloaded
from service.observe import Metrics
from service.stream.hub import StreamHub
from service.stream.limits import StreamLimits


def test_a_lag_that_no_stream_measures_any_more_fades() -> None:
    clock = SimpleNamespace(time=lambda: clock.now, now=100.0)
    hub = StreamHub(StreamLimits(max_lag_seconds=0.25), None, Metrics(), clock)  # type: ignore[arg-type]
    with hub.admitted():  # nobody is in its picture: it has no window
        for _ in range(3):
            hub.observe_lag(1.2)
        with pytest.raises(Overloaded), hub.admitted():
            pass
        clock.now += 2
        with hub.admitted():
            assert hub.active == 2
