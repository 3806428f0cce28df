"""How long a camera is streamed: it has no end of its own."""

import time
from collections.abc import Iterator

from service.client import CameraFrame
from service.commands.live import LiveView


def until_enough(frames: Iterator[CameraFrame], view: LiveView, *, seconds: float) -> Iterator[CameraFrame]:
    """Frames for so many seconds at least, and until the windows suffice."""
    started = time.monotonic()
    for frame in frames:
        enough = view.needed and view.windows >= view.needed
        if enough and time.monotonic() - started >= seconds:
            return
        yield frame
