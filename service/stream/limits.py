"""What one stream may send and how long it may take; part of the settings (LIVENESS_STREAMS__MAX_SECONDS)."""

from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from pydantic import Field

_Count: TypeAlias = Annotated[int, Field(ge=1)]
_Above0: TypeAlias = Annotated[float, Field(gt=0)]
_Wait: TypeAlias = Annotated[float, Field(ge=0)]


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamLimits:
    max_streams: _Count = 6  # at the same time; beyond it: overloaded
    max_lag_seconds: _Above0 = 0.25  # from a frame to its score; above it no further stream is taken
    max_seconds: _Above0 = 60.0
    max_message_bytes: _Count = 512 * 1024
    max_text_bytes: _Count = 4096
    max_long_side: _Count = 1920  # px
    max_short_side: _Count = 1080
    max_fps: _Above0 = 35.0
    credit: _Count = 3  # frames that may be on their way
    late_seconds: _Above0 = 0.25  # after its arrival a frame's next pass is not begun: it is dropped
    hello_seconds: _Above0 = 10.0  # until the first message
    idle_seconds: _Above0 = 10.0  # without a frame
    send_seconds: _Above0 = 5.0  # that a client may leave a message unread
    hint_seconds: _Wait = 0.3  # that a hint is held at least
    resume_seconds: _Wait = 10.0  # that a lost stream is held
    drain_seconds: _Wait = 60.0  # that running streams have when the service shuts down
    ping_seconds: _Above0 = 20.0

    @property
    def transport(self) -> dict[str, Any]:
        """The same limits where uvicorn has to keep them: it answers what is too big with 1009 itself."""
        return {
            "ws": "service.stream.transport:StreamTransport",
            "ws_max_size": self.max_message_bytes,
            "ws_per_message_deflate": False,  # pictures do not shrink, and a bomb of zeros cannot come in
            "ws_ping_interval": self.ping_seconds,
            "ws_ping_timeout": self.ping_seconds,
        }
