"""A typed client of the service: clips and streams, blocking and asynchronous (extra `client`).

It imports httpx and websockets, and nothing of the service but the layout of a frame.

    from service.client import LivenessClient

    with LivenessClient("http://127.0.0.1:8000") as client:
        print(client.check("clip.mp4").decision)
"""

from service.client.answers import (
    Ack,
    Draining,
    Event,
    Guidance,
    Outcome,
    Progress,
    Ready,
    Trace,
    Verdict,
    WindowScore,
)
from service.client.clips import AsyncLivenessClient, LivenessClient
from service.client.errors import ClientError, ConnectionLost, ServiceRefused, StreamRefused
from service.client.source import CameraFrame
from service.stream.codec import Codec

__all__ = [
    "Ack",
    "AsyncLivenessClient",
    "CameraFrame",
    "ClientError",
    "Codec",
    "ConnectionLost",
    "Draining",
    "Event",
    "Guidance",
    "LivenessClient",
    "Outcome",
    "Progress",
    "Ready",
    "ServiceRefused",
    "StreamRefused",
    "Trace",
    "Verdict",
    "WindowScore",
]
