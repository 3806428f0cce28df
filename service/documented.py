"""What the OpenAPI document says beyond the types: how a clip is sent, and each answer with an example."""

from typing import Any, Final

from service.errors import LivenessError
from service.examples import VERDICTS
from service.problems import MEDIA_TYPE
from service.uploads import FIELD

_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_EXAMPLES: Final = {
    "bad_request": "the multipart body has no file in the field `clip`",
    "unauthorized": "send your API key in the header `Authorization: Bearer lvk_...`",
    "forbidden": "this key lacks the scope liveness:check",
    "session_unknown": "there is no such session, or not any more",
    "request_too_slow": "send at least 50 kB a second",
    "idempotency_mismatch": "this Idempotency-Key was used with another body",
    "idempotency_in_progress": "the first request with this Idempotency-Key is still in work",
    "rate_limited": "too many sessions with this key; at most 600 a minute",
    "cooling_down": "too many failed checks of this subject or device",
    "store_unavailable": "sessions cannot be reached just now; try again",
    "empty_body": "send a video in the multipart field `clip`, or as the body",
    "body_too_large": "send at most 10 MB",
    "unsupported_media": "send an MP4, MOV, WebM or Matroska video",
    "unreadable_clip": "the file is cut off: a part that it announces is missing",
    "clip_too_long": "the clip lasts 600.0 s, over the limit of 15 s",
    "picture_too_large": "3840 x 2160 is over the limit of 2.1 megapixels",
    "overloaded": "too many clips are in work; try again",
    "internal_error": "something went wrong here; the request's id helps to find it",
    "deadline_exceeded": "no verdict within 30 s",
}
_RETRY: Final = {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}}
_CHALLENGE: Final = {"WWW-Authenticate": {"schema": {"type": "string"}, "description": "RFC 6750"}}
_HEADERS: Final = {401: _CHALLENGE, 403: _CHALLENGE, 429: _RETRY, 503: _RETRY}
UPLOAD: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [FIELD],
                    "properties": {FIELD: {"type": "string", "format": "binary", "description": "the video"}},
                }
            },
            "video/mp4": _BINARY,
            "video/quicktime": _BINARY,
            "video/webm": _BINARY,
            "video/x-matroska": _BINARY,
        },
    }
}
ANSWERED: Final[dict[str, Any]] = {
    "description": "A verdict",
    "content": {
        "application/json": {"examples": {name: {"value": value} for name, value in VERDICTS.items()}}
    },
}


def problems(*errors: type[LivenessError]) -> dict[int | str, dict[str, Any]]:
    """The answers of a route that raises `errors`, by status, with an example for each code."""
    answers: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        answer = answers.setdefault(error.status, {"description": "", "content": {MEDIA_TYPE: {}}})
        if error.title not in answer["description"]:
            answer["description"] += f"{'; ' if answer['description'] else ''}{error.title}"
        content = answer["content"][MEDIA_TYPE]
        content["schema"] = {"$ref": "#/components/schemas/Problem"}
        content.setdefault("examples", {})[error.code] = {"value": _example(error)}
        if error.status in _HEADERS:
            answer["headers"] = _HEADERS[error.status]
    return answers


def _example(error: type[LivenessError]) -> dict[str, str | int]:
    return {
        "type": f"urn:liveness:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": _EXAMPLES[error.code],
        "code": error.code,
        "request_id": "5f1c0a1e9d7b4b0c8f6e2d3a4b5c6d7e",
    }
