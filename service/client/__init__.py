"""A typed client of the service: clips, sessions and streams, blocking and asynchronous (extra `client`).

It imports httpx and websockets, and of the service only the layout of a frame and the codes of a stream.

    from service.client import LivenessClient

    with LivenessClient("http://127.0.0.1:8000") as client:
        print(client.check("clip.mp4").decision)
"""

from service.client.answers import (
    Ack,
    CreatedSession,
    Draining,
    Event,
    Guidance,
    Outcome,
    Progress,
    Ready,
    SessionResult,
    Trace,
    Verdict,
    WindowScore,
)
from service.client.asynchronous import AsyncLivenessClient
from service.client.blocking import LivenessClient
from service.client.errors import (
    BadRequest,
    ClientError,
    ClipRejected,
    ConnectionLost,
    Forbidden,
    IdempotencyMismatch,
    RateLimited,
    ServiceRefused,
    SessionUnknown,
    StreamRefused,
    Unauthorized,
    Unavailable,
)
from service.client.retries import Retries
from service.client.source import CameraFrame
from service.stream.closes import Close, Fault
from service.stream.codec import Codec

__all__ = [
    "Ack",
    "AsyncLivenessClient",
    "BadRequest",
    "CameraFrame",
    "ClientError",
    "ClipRejected",
    "Close",
    "Codec",
    "ConnectionLost",
    "CreatedSession",
    "Draining",
    "Event",
    "Fault",
    "Forbidden",
    "Guidance",
    "IdempotencyMismatch",
    "LivenessClient",
    "Outcome",
    "Progress",
    "RateLimited",
    "Ready",
    "Retries",
    "ServiceRefused",
    "SessionResult",
    "SessionUnknown",
    "StreamRefused",
    "Trace",
    "Unauthorized",
    "Unavailable",
    "Verdict",
    "WindowScore",
]
