"""Streams over a real socket: the clip's verdict, progress, guidance, a lost connection taken up."""

import socket

import cv2
import httpx
import pytest
from websockets.exceptions import InvalidStatus

from model.card import SamplingRule
from model.sampling import SampledBy
from model.video import VideoLimits, read_clip
from service.schemas import Verdict
from service.stream.codec import Codec
from service.stream.messages import Outcome
from tests.service import videos
from tests.service.stream.counted import eventually
from tests.service.stream.talking import LOSSLESS, person, talking


def test_a_clips_frames_streamed_give_the_verdict_that_rest_gives(patient: httpx.Client) -> None:
    clip = videos.person()
    every = SamplingRule(interval=1, interval_ms=1.0)
    frames = read_clip(clip, rule=every, limits=VideoLimits()).frames
    pictures = [cv2.imencode(".webp", each.pixels_HW3[..., ::-1], LOSSLESS)[1].tobytes() for each in frames]
    with talking(patient) as client:
        client.begin()
        client.send_patiently(pictures, codec=Codec.WEBP)
        streamed = Outcome.model_validate(client.finish()).verdict
    rest = Verdict.model_validate(patient.post("/v1/liveness", files={"clip": clip}).json())
    assert streamed is not None
    assert (streamed.decision, streamed.reasons) == (rest.decision, rest.reasons)
    assert streamed.score == pytest.approx(rest.score, abs=1e-4)
    assert [each.time for each in streamed.windows] == pytest.approx([each.time for each in rest.windows])
    assert streamed.frames.model_dump(exclude={"late"}) == rest.frames.model_dump(exclude={"late"})
    assert (streamed.frames.late, streamed.sampling.sampled_by) == (0, SampledBy.FRAME_COUNT)


def test_progress_and_guidance_come_while_the_person_is_still_there(patient: httpx.Client) -> None:
    with talking(patient) as client:
        ready = client.begin(trace=True)
        client.send_patiently(person(16))
        outcome = client.finish()
    progress = [message for message in client.heard if message["type"] == "progress"]
    assert [each["windows"] for each in progress] == [1, 2]
    assert {each["needed"] for each in progress} == {ready["needed"]}
    traces = [message for message in client.heard if message["type"] == "trace"]
    assert len(traces) == 2
    assert all(each["crop"].startswith("data:image/jpeg;base64,") for each in traces)
    assert (outcome["result"], outcome["verdict"]["reasons"]) == ("retry", ["too_few_frames"])


def test_a_person_who_is_not_there_is_told_so_at_once(patient: httpx.Client) -> None:
    with talking(patient) as client:
        client.begin()
        client.send_patiently(black(2))
        assert client.until("guidance")["code"] == "no_face"


def black(count: int) -> list[bytes]:
    return [cv2.imencode(".jpg", videos.plain())[1].tobytes()] * count


def test_a_page_of_another_host_cannot_open_a_stream(patient: httpx.Client) -> None:
    with pytest.raises(InvalidStatus, match="403"), talking(patient, origin="https://elsewhere.example"):
        pass


def test_the_services_own_page_may(patient: httpx.Client) -> None:
    with talking(patient, origin=str(patient.base_url).rstrip("/")) as client:
        assert client.begin()["credit"] == 3


def test_who_asks_for_another_protocol_is_told_which_one_it_is(patient: httpx.Client) -> None:
    with talking(patient, protocol="chat") as client:
        assert client.until("error")["code"] == "version"
        assert client.hear() is None
    assert client.close == 4400


def test_a_lost_stream_is_taken_up_once_with_what_was_judged(patient: httpx.Client) -> None:
    pictures = person(32)
    with talking(patient) as first:
        token = first.begin()["resume_token"]
        first.send_patiently(pictures[:16])
        first.until("progress")
        first.socket.socket.shutdown(socket.SHUT_RDWR)
    assert eventually(patient, "liveness_sessions_active", 0)
    with talking(patient, f"resume.{token}") as second:
        assert second.begin()["resume_token"] is None
        second.send_patiently(pictures[16:])
        verdict = second.finish()["verdict"]
    assert verdict["frames"]["received"] == 32
    assert len(verdict["windows"]) >= 3
    times = [window["time"] for window in verdict["windows"]]
    assert times == sorted(times)
    with talking(patient, f"resume.{token}") as third:
        assert third.until("error")["code"] == "expired"
