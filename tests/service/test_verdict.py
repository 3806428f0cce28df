"""POST /v1/liveness: what a verdict says, and that there is none where none is due."""

import base64
import hashlib
from typing import Any

import cv2
import httpx
import numpy as np
import pytest

from tests.service import videos


@pytest.fixture(scope="module")
def verdict(service: httpx.Client) -> dict[str, Any]:
    answer = service.post("/v1/liveness", params={"depth_maps": True}, files={"clip": videos.person()})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_each_window_has_its_parts_and_their_sum_by_equation_11(
    service: httpx.Client, verdict: dict[str, Any]
) -> None:
    beta = service.get("/v1/model").json()["card"]["beta"]
    assert len(verdict["windows"]) == 25 - 5 + 1
    for window in verdict["windows"]:
        fused = beta * window["bona_fide_prob"] + (1 - beta) * window["depth_score"]
        assert window["score"] == pytest.approx(fused, abs=2e-6)


def test_the_score_is_the_mean_of_the_windows_that_count_and_decides_against_the_threshold(
    verdict: dict[str, Any],
) -> None:
    scores = [window["score"] for window in verdict["windows"] if window["counts"]]
    assert len(scores) == 11  # of 21: the livelier six of the first eleven, and five of ten
    assert verdict["score"] == pytest.approx(np.mean(scores), abs=2e-6)
    assert verdict["score"] < verdict["threshold"]
    assert verdict["decision"] == "attack"
    assert verdict["reasons"] == []


def test_a_window_comes_with_the_time_of_its_newest_frame(verdict: dict[str, Any]) -> None:
    times = [window["time"] for window in verdict["windows"]]
    assert times == pytest.approx([0.12 * i for i in range(4, 25)], abs=1e-3)


def test_frames_sampling_and_digest_are_those_of_the_clip(verdict: dict[str, Any]) -> None:
    assert verdict["frames"] == {"received": 75, "sampled": 25, "used": 25, "dropped": {}}
    assert verdict["sampling"]["sampled_by"] == "frame_count"
    assert verdict["digest"] == f"sha256:{hashlib.sha256(videos.person()).hexdigest()}"


def test_every_stage_is_timed_within_the_total(verdict: dict[str, Any]) -> None:
    timings = verdict["timings_ms"]
    assert timings.keys() == {"decode", "face", "queue", "encode", "pair", "window", "score", "total"}
    assert all(value > 0 for value in timings.values())
    assert max(timings.values()) <= 1.01 * timings["total"]  # faces are found beside the network's passes


def test_the_model_is_named_with_the_status_of_its_weights(
    service: httpx.Client, verdict: dict[str, Any]
) -> None:
    model = service.get("/v1/model").json()
    assert verdict["model"] == {
        "name": model["card"]["name"],
        "version": model["card"]["version"],
        "status": model["card"]["status"],
        "sha256": model["sha256"],
    }


def test_the_depth_maps_are_those_that_the_score_was_made_of(verdict: dict[str, Any]) -> None:
    assert len(verdict["depth_maps"]) == len(verdict["windows"])
    for maps, window in zip(verdict["depth_maps"], verdict["windows"], strict=True):
        mask, refined = picture(maps["mask"]), picture(maps["refined"])
        assert mask.shape == refined.shape == (32, 4 * 32)
        means = [
            refined_hw[mask_hw > 0].mean()
            for refined_hw, mask_hw in zip(np.hsplit(refined, 4), np.hsplit(mask, 4), strict=True)
        ]
        assert np.mean(means) / 255 == pytest.approx(window["depth_score"], abs=1 / 255)


def picture(url: str) -> np.ndarray:
    head, data = url.split(",")
    assert head == "data:image/png;base64"
    decoded = cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_UNCHANGED)
    assert decoded is not None
    return decoded


def test_a_raw_body_gets_the_verdict_of_the_form_without_depth_maps(
    service: httpx.Client, verdict: dict[str, Any]
) -> None:
    raw = service.post("/v1/liveness", content=videos.person(), headers={"Content-Type": "video/mp4"}).json()
    assert raw["windows"] == verdict["windows"]
    assert "depth_maps" not in raw


def test_webm_is_judged_too(service: httpx.Client) -> None:
    clip = videos.encode(videos.wobbling(videos.face(), 60), codec="libvpx", kind="webm")
    answer = service.post("/v1/liveness", content=clip, headers={"Content-Type": "video/webm"})
    assert answer.json()["score"] is not None


@pytest.mark.parametrize(
    ("clip", "reason"),
    [
        (videos.black, "no_face"),
        (videos.grey, "no_face"),
        (videos.two_people, "multiple_faces"),
        (videos.far_away, "face_too_small"),
        (lambda: videos.person(8), "too_few_frames"),
        (videos.frozen, "frozen_frames"),
    ],
    ids=["black clip", "no face", "two faces", "face of 30 px", "8 frames", "frozen picture"],
)
def test_without_evidence_the_answer_is_undecided_with_its_reason_and_no_score(
    service: httpx.Client, clip: Any, reason: str
) -> None:
    answer = service.post("/v1/liveness", files={"clip": clip()})
    assert answer.status_code == 200
    assert "NaN" not in answer.text
    said = answer.json()
    assert (said["decision"], said["score"], said["reasons"]) == ("undecided", None, [reason])
