"""What a hostile or unlucky upload gets, over a real socket: its code in time, and nobody suffers."""

import asyncio
import time
from collections.abc import Callable, Iterator
from tempfile import SpooledTemporaryFile
from typing import Any

import httpx
import pytest

from model.clip import Clip
from service.access import Caller
from service.errors import BadRequest
from tests.service import videos
from tests.service.serving import called_directly, fresh, on_a_socket, post_once

PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/secret.ts\n#EXT-X-ENDLIST\n"


def truncated() -> bytes:
    return videos.person()[:-2000]


def undecodable() -> bytes:
    return videos.person().replace(b"moov", b"junk")


def four_k() -> bytes:
    return videos.encode([videos.plain(90, size=(3840, 2160))] * 2)


def ten_minutes() -> bytes:
    return videos.encode([videos.plain(90, size=(64, 64))] * 600, fps=1)


def another_codec() -> bytes:
    return videos.encode([videos.plain(90)] * 30, codec="mpeg4")


HOSTILE: list[tuple[str, Callable[[], bytes], int, str]] = [
    ("an empty file", lambda: b"", 400, "empty_body"),
    ("a text called .mp4", lambda: b"I am a text, not a film.\n" * 40, 415, "unsupported_media"),
    ("an HLS playlist", lambda: PLAYLIST, 415, "unsupported_media"),
    ("a codec that is not allowed", another_codec, 415, "unsupported_media"),
    ("a truncated mp4", truncated, 422, "unreadable_clip"),
    ("an mp4 without its index", undecodable, 422, "unreadable_clip"),
    ("11 MB", lambda: bytes(11_000_000), 413, "body_too_large"),
    ("4k video", four_k, 422, "picture_too_large"),
    ("a ten-minute video", ten_minutes, 422, "clip_too_long"),
]


@pytest.mark.parametrize(
    ("clip", "status", "code"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE]
)
def test_a_hostile_upload_gets_its_code_in_time_and_the_next_good_one_is_served(
    service: httpx.Client, clip: Callable[[], bytes], status: int, code: str
) -> None:
    body = clip()
    started = time.perf_counter()
    answer = service.post("/v1/liveness", files={"clip": ("film.mp4", body, "video/mp4")})
    assert time.perf_counter() - started < 2
    assert problem(answer) == (status, code)
    assert service.post("/v1/liveness", files={"clip": videos.person(8)}).status_code == 200


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a document that is complete."""
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == answer.status_code
    assert document["type"] == f"urn:liveness:problem:{document['code']}"
    assert document["detail"]
    assert document["title"]
    assert document["request_id"] == answer.headers["x-request-id"]
    return answer.status_code, document["code"]


def test_no_body_at_all_is_an_empty_body(service: httpx.Client) -> None:
    assert problem(service.post("/v1/liveness")) == (400, "empty_body")


def test_a_body_that_grows_past_the_limit_is_cut_off_though_it_declared_no_length(
    service: httpx.Client,
) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(180):
            yield bytes(1 << 16)

    answer = service.post("/v1/liveness", content=endless(), headers={"Content-Type": "video/mp4"})
    assert problem(answer) == (413, "body_too_large")


@pytest.mark.parametrize(
    "request_of",
    [
        {"files": {"film": b"under another name"}},
        {"content": b"no boundary", "headers": {"Content-Type": "multipart/form-data"}},
        {"files": {"clip": b"x"}, "params": {"depth_maps": "perhaps"}},
    ],
    ids=["another field", "not multipart", "another type of parameter"],
)
def test_what_is_not_as_the_api_asks_is_a_bad_request(
    service: httpx.Client, request_of: dict[str, Any]
) -> None:
    assert problem(service.post("/v1/liveness", **request_of)) == (400, "bad_request")


def test_a_body_of_another_kind_is_unsupported_media(service: httpx.Client) -> None:
    assert problem(service.post("/v1/liveness", json={"clip": "..."})) == (415, "unsupported_media")


def test_unknown_paths_and_methods_are_problems_too(service: httpx.Client) -> None:
    assert problem(service.get("/v2/liveness")) == (404, "not_found")
    answer = service.put("/v1/liveness")
    assert problem(answer) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"


def test_a_request_keeps_the_id_that_it_came_with_unless_it_is_no_id(service: httpx.Client) -> None:
    kept = service.get("/livez", headers={"X-Request-ID": "abc-123"})
    replaced = service.get("/livez", headers={"X-Request-ID": "a b\t{c}"})
    assert kept.headers["x-request-id"] == "abc-123"
    assert replaced.headers["x-request-id"] not in ("", "a b\t{c}")


def test_beyond_the_clips_in_work_the_service_is_overloaded_and_says_when_to_come_back() -> None:
    with on_a_socket(fresh(max_pending=1)) as client:
        begun = asyncio.Event()

        async def slow_upload() -> Any:
            begun.set()
            for chunk in (videos.person(8)[:500], videos.person(8)[500:]):
                yield chunk
                await asyncio.sleep(0.5)

        async def both() -> tuple[httpx.Response, httpx.Response]:
            async with httpx.AsyncClient(base_url=client.base_url, timeout=30) as many:
                video = {"Content-Type": "video/mp4"}
                first = asyncio.create_task(many.post("/v1/liveness", content=slow_upload(), headers=video))
                await begun.wait()
                await asyncio.sleep(0.2)
                return await many.post("/v1/liveness", files={"clip": b"another"}), await first

        refused, served = asyncio.run(both())
    assert problem(refused) == (503, "overloaded")
    assert int(refused.headers["retry-after"]) >= 1
    assert served.status_code == 200


def test_a_verdict_that_does_not_come_in_time_is_a_deadline_exceeded() -> None:
    assert problem(post_once(fresh(deadline_seconds=0.05), videos.person())) == (504, "deadline_exceeded")


def test_a_clip_that_does_not_come_in_time_says_nothing_of_the_services_pace() -> None:
    app = fresh(deadline_seconds=0.3)

    def slow_upload() -> Iterator[bytes]:
        yield videos.person(8)[:500]
        time.sleep(1)
        yield videos.person(8)[500:]

    with on_a_socket(app) as client:
        video = {"Content-Type": "video/mp4"}
        answer = client.post("/v1/liveness", content=slow_upload(), headers=video)
        assert problem(answer) == (408, "request_too_slow")
        assert app.state.runtime.assessor.backlog.each == 0


def test_our_own_mistake_is_an_internal_error_that_tells_nothing() -> None:
    class Broken:
        async def decode(self, data: bytes) -> Clip:
            raise RuntimeError(f"secret: {len(data)} bytes")

    async def post() -> httpx.Response:
        app = fresh()
        async with called_directly(app) as client:
            app.state.runtime.assessor.decoders = Broken()
            return await client.post("/v1/liveness", files={"clip": b"x"})

    answer = asyncio.run(post())
    assert answer.status_code == 500
    assert problem(answer) == (500, "internal_error")
    assert "secret" not in answer.text


def test_who_may_not_ask_is_turned_away_before_a_byte_of_the_body_is_read() -> None:
    class Closed:
        async def admit(self, headers: Any) -> Caller:
            raise BadRequest(f"not you, among {len(headers)} headers")

    asked, sent = [], []

    async def receive() -> dict[str, Any]:
        asked.append(True)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    async def call() -> None:
        app = fresh()
        headers = [(b"content-type", b"video/mp4")]
        scope = {
            "type": "http", "method": "POST", "path": "/v1/liveness", "raw_path": b"/v1/liveness",
            "query_string": b"", "headers": headers, "http_version": "1.1", "scheme": "http",
        }  # fmt: skip
        async with called_directly(app):
            app.state.runtime.access = Closed()
            await app(scope, receive, send)

    asyncio.run(call())
    assert sent[0]["status"] == 400
    assert asked == []


def test_an_upload_never_touches_the_disk(service: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def spilled(_: object) -> None:
        raise AssertionError("the upload was written to a file")

    monkeypatch.setattr(SpooledTemporaryFile, "rollover", spilled)
    answer = service.post("/v1/liveness", files={"clip": bytes(8_000_000)})
    assert problem(answer) == (415, "unsupported_media")
