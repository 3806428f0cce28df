"""The Python client against a running service."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from service.client import (
    AsyncLivenessClient,
    CameraFrame,
    ConnectionLost,
    Event,
    LivenessClient,
    Progress,
    Ready,
    ServiceRefused,
    StreamRefused,
)
from service.client.talk import Talk
from service.stream.codec import unpack
from service.stream.limits import StreamLimits
from tests.service import videos
from tests.service.serving import fresh, on_a_socket
from tests.service.stream.talking import person

ROOT = Path(__file__).parents[3]
SIZE = (320, 240)
_PACE = 0.08  # seconds


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    limits = StreamLimits(late_seconds=60, max_lag_seconds=60, max_seconds=600, idle_seconds=60)
    with on_a_socket(fresh(streams=limits)) as client:
        yield str(client.base_url)


def film(count: int, *, fps: float = 25) -> Iterator[CameraFrame]:
    """Slower than its capture times say, so that a busy machine keeps up."""
    for i, picture in enumerate(person(count)):
        time.sleep(_PACE)
        yield CameraFrame(picture, i / fps)


async def filmed(count: int) -> AsyncIterator[CameraFrame]:
    for frame in film(count):
        await asyncio.sleep(0)
        yield frame


def test_nothing_but_httpx_and_websockets_is_imported() -> None:
    blocked = ("numpy", "cv2", "pydantic", "fastapi", "starlette", "onnxruntime", "mediapipe", "av", "rich")
    code = f"import sys; sys.modules.update(dict.fromkeys({blocked!r})); import service.client"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_a_clip_is_checked(url: str, tmp_path: Path) -> None:
    file = tmp_path / "clip.mp4"
    file.write_bytes(videos.person())
    with LivenessClient(url) as client:
        verdict = client.check(file)
    assert (verdict.decision, verdict.is_bona_fide, len(verdict.windows)) == ("attack", False, 21)
    assert verdict.document["digest"].startswith("sha256:")


def test_what_rest_refuses_is_an_error_with_its_code(url: str) -> None:
    with LivenessClient(url) as client, pytest.raises(ServiceRefused) as refused:
        client.check(b"a text")
    assert (refused.value.status, refused.value.code) == (415, "unsupported_media")


def test_frames_are_streamed_and_what_is_said_is_heard(url: str) -> None:
    heard: list[Event] = []
    with LivenessClient(url) as client:
        outcome = client.stream(film(40), size=SIZE, fps=25, listen=heard.append)
    assert outcome.verdict is not None
    assert outcome.result == "retry"
    assert isinstance(heard[0], Ready)
    assert heard[-1] is outcome
    assert any(isinstance(event, Progress) for event in heard)


def test_the_same_calls_can_be_awaited(url: str) -> None:
    async def use() -> tuple[str, str]:
        async with AsyncLivenessClient(url) as client:
            verdict = await client.check(videos.person(8))
            return verdict.decision, (await client.stream(filmed(8), size=SIZE, fps=25)).result

    assert asyncio.run(use()) == ("undecided", "retry")


def test_what_the_stream_refuses_is_an_error_with_its_close(url: str) -> None:
    with LivenessClient(url) as client, pytest.raises(StreamRefused) as refused:
        client.stream(iter([CameraFrame(b"no picture, though a long one", 0.0)]), size=SIZE, fps=25)
    assert (refused.value.code, refused.value.close) == ("bad_picture", 4400)


def test_a_service_that_is_not_there_is_a_lost_connection() -> None:
    with LivenessClient("http://127.0.0.1:9") as client:
        with pytest.raises(ConnectionLost):
            client.check(b"x")
        with pytest.raises(ConnectionLost):
            client.stream(film(1), size=SIZE, fps=25)


def test_a_camera_that_fails_ends_the_stream_with_its_error(url: str) -> None:
    def broken() -> Iterator[CameraFrame]:
        yield next(film(1))
        raise OSError("unplugged")

    with LivenessClient(url) as client, pytest.raises(OSError, match="unplugged"):
        client.stream(broken(), size=SIZE, fps=25)


def test_without_credit_a_frame_is_left_out_and_numbers_stay_dense() -> None:
    talk = Talk(*SIZE, 25)
    talk.hear('{"type": "ack", "sequence": 0, "credit": 1}')
    sent = [talk.frame(CameraFrame(b"x", i / 25)) for i in range(3)]
    talk.hear('{"type": "ack", "sequence": 0, "credit": 1}')
    sent.append(talk.frame(CameraFrame(b"x", 1.0)))
    assert [unpack(each).sequence for each in sent if each] == [0, 1]
    assert talk.left_out == 2


def test_messages_and_fields_of_the_future_are_left_alone() -> None:
    talk = Talk(*SIZE, 25)
    assert talk.hear('{"type": "weather", "rain": true}') is None
    assert talk.hear('{"type": "progress", "windows": 1, "needed": 8, "mood": "good"}') == Progress(1, 8)


def test_the_service_is_reached_over_http_too(url: str) -> None:
    assert httpx.get(f"{url}/asyncapi.json").json()["asyncapi"] == "3.0.0"
