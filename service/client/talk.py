"""The client's side of `liveness.v1` without a socket: credit, sequence numbers, what is left out."""

import json
from dataclasses import dataclass, field

from service.client.answers import Ack, Event, Ready, read_event
from service.client.source import CameraFrame
from service.stream.codec import pack

SUBPROTOCOL = "liveness.v1"


@dataclass(slots=True)
class Talk:
    """One connection; `left_out` counts frames for which there was no credit."""

    width: int
    height: int
    fps: float
    trace: bool = False
    credit: int = 0
    sequence: int = -1
    left_out: int = 0
    captured: int = -1  # microseconds
    ready: Ready | None = field(default=None)

    def hello(self) -> str:
        return json.dumps(
            {
                "type": "hello",
                "version": 1,
                "width": self.width,
                "height": self.height,
                "fps": self.fps,
                "trace": self.trace,
            }
        )

    def frame(self, frame: CameraFrame) -> bytes | None:
        """The message, or None where the frame has to be left out: the service is behind."""
        captured = round(frame.captured * 1e6)
        if self.credit < 1 or captured <= self.captured:
            self.left_out += 1
            return None
        self.sequence += 1
        self.credit -= 1
        self.captured = captured
        return pack(frame.picture, codec=frame.codec, sequence=self.sequence, captured=captured)

    def end(self) -> str:
        return json.dumps({"type": "end"})

    def hear(self, text: str) -> Event | None:
        """What the service said; its credit is counted here."""
        event = read_event(json.loads(text))
        if isinstance(event, Ready):
            self.ready = event
        if isinstance(event, Ready | Ack):
            self.credit += event.credit
        return event
