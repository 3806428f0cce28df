"""Injection signals of streams: what loops, lies or ticks too evenly is hinted at; a plain capture is not."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import numpy as np
import pytest

from service.schemas import Signals
from service.stream.codec import Codec
from service.stream.messages import Hello
from service.stream.signs import Signs, look_of
from service.stream.state import Picture
from tests.service.serving import fresh, on_a_socket
from tests.service.sessions.clients import create, upgraded
from tests.service.stream.counted import PATIENT
from tests.service.stream.talking import Talker, jpegs, person
from tests.service.test_signals import drifting

HELLO = Hello(version=1, width=320, height=240, fps=25)


def signals(
    pictures: Sequence[bytes], *, intervals: Sequence[float], hello: Hello = HELLO, slower: float = 1.0
) -> Signals:
    """Of a stream of these frames, whose client's clock runs slower than the service's by a factor."""
    signs, at = Signs(), 0.0
    for i, (data, interval) in enumerate(zip(pictures, intervals, strict=True)):
        signs.frame_came(round(at * 1e6), 7 + slower * at)
        look = look_of(Picture(memoryview(data), Codec.JPEG, (320, 240), at, i, 7 + at))
        assert look is not None
        signs.looks.append(look)
        at += interval
    return signs.signals(hello)


@pytest.fixture(scope="module")
def pictures() -> list[bytes]:
    return jpegs(drifting(60))


@pytest.fixture(scope="module")
def camera() -> list[float]:
    """Intervals as uneven as cameras make them."""
    return list(0.04 + np.random.default_rng(3).uniform(-0.004, 0.004, 60))


def test_a_plain_capture_is_as_its_client_declared(pictures: list[bytes], camera: list[float]) -> None:
    seen = signals(pictures, intervals=camera)
    assert (seen.size_as_declared, seen.duration_as_declared, seen.rate_as_declared) == (True, True, True)
    assert seen.looped_share == 0
    assert seen.timing_jitter is not None
    assert seen.timing_jitter > 0.02


def test_frames_that_tick_like_a_film_have_no_jitter(pictures: list[bytes]) -> None:
    assert signals(pictures, intervals=[0.04] * 60).timing_jitter == 0


def test_a_passage_that_comes_again_is_a_loop(camera: list[float]) -> None:
    looped = signals(jpegs(drifting(20)) * 3, intervals=camera).looped_share
    assert looped is not None
    assert looped > 0.5


@pytest.mark.parametrize(
    ("declared", "false"),
    [({"width": 1920, "height": 1080}, "size_as_declared"), ({"fps": 60}, "rate_as_declared")],
)
def test_a_client_that_declares_another_camera_is_noticed(
    declared: dict[str, Any], false: str, pictures: list[bytes], camera: list[float]
) -> None:
    seen = signals(pictures, intervals=camera, hello=HELLO.model_copy(update=declared))
    said = {name for name, value in seen.model_dump().items() if value is False}
    assert said == {false}


def test_a_picture_that_was_turned_is_as_declared(pictures: list[bytes], camera: list[float]) -> None:
    turned = HELLO.model_copy(update={"width": 240, "height": 320})
    assert signals(pictures, intervals=camera, hello=turned).size_as_declared


def test_a_client_whose_clock_runs_faster_than_ours_is_noticed(
    pictures: list[bytes], camera: list[float]
) -> None:
    assert signals(pictures, intervals=camera, slower=2.0).duration_as_declared is False


def test_a_connection_that_was_lost_is_no_interval() -> None:
    signs = Signs()
    for at in (0.0, 0.04, 0.08):
        signs.frame_came(round(at * 1e6), at)
    after = signs.gone_on_with()
    for at in (9.0, 9.04):
        after.frame_came(round(at * 1e6), at)
    assert after.intervals == pytest.approx([0.04, 0.04, 0.04])
    assert len(signs.intervals) == 2


@pytest.fixture(scope="module")
def service() -> Iterator[httpx.Client]:
    with on_a_socket(fresh(streams=PATIENT)) as client:
        yield client


def streamed(client: httpx.Client, frames: Sequence[bytes], *, fps: float) -> dict[str, Any]:
    """The backend's view of a session of these frames."""
    made = create(client)
    with upgraded(made["ws_url"], made["client_token"]) as socket:
        talker = Talker(socket)
        talker.begin()
        talker.send_patiently(frames, fps=fps)
        talker.finish()
    view: dict[str, Any] = client.get(f"/v1/sessions/{made['session_id']}").json()
    return view


def test_the_same_pictures_in_another_session_are_known_again_at_whatever_pace(service: httpx.Client) -> None:
    frames = person(12)
    first, again = streamed(service, frames, fps=25), streamed(service, frames, fps=20)
    assert first["verdict"]["digest"] == again["verdict"]["digest"]
    assert first["verdict"]["signals"]["seen_before"] is False
    assert again["verdict"]["signals"]["seen_before"] is True
    assert again["verdict"]["signals"]["size_as_declared"] is True
    assert again["verdict"]["decision"] == first["verdict"]["decision"]


def test_a_sessions_client_hears_nothing_of_signals(service: httpx.Client) -> None:
    made = create(service)
    with upgraded(made["ws_url"], made["client_token"]) as socket:
        talker = Talker(socket)
        talker.begin()
        talker.send_patiently(person(6))
        talker.finish()
    assert "signals" not in json.dumps(talker.heard)
