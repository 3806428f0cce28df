"""What a frame must be before it is looked at: cheap checks, all of them before anything is decoded."""

from dataclasses import replace

from service.stream.closes import Fault
from service.stream.codec import HeaderError, StreamFrame, unpack
from service.stream.pictures import PictureError, picture_size
from service.stream.state import Picture, Rules, StreamNow


class FrameRefused(Exception):  # noqa: N818 - called what it says, as its faults are
    """The frame breaks a rule of the protocol, and with it the stream."""

    def __init__(self, fault: Fault, message: str) -> None:
        super().__init__(message)
        self.fault, self.message = fault, message


def take(state: StreamNow, data: bytes, now: float, rules: Rules) -> tuple[StreamNow, Picture | None]:
    """The state with this frame in it, and the frame where it is sampled. Raises FrameRefused."""
    frame = _in_order(state, data, rules)
    rate = state.rate.spend(now, max_fps=rules.limits.max_fps)
    if rate is None:
        raise FrameRefused(Fault.TOO_FAST, f"send at most {rules.limits.max_fps:g} frames a second")
    size = _size(frame, rules)
    first = frame.captured if state.first_captured is None else state.first_captured
    time = (frame.captured - first) / 1e6
    sampler, sampled = state.sampler.see(time, rules.sampling)
    after = replace(
        state,
        heard_at=now,
        sequence=frame.sequence,
        first_captured=first,
        captured=frame.captured,
        credit=state.credit - 1,
        rate=rate,
        sampler=sampler,
        received=state.received + 1,
    )
    if not sampled:
        return after, None
    return after, Picture(frame.picture, frame.codec, size, time, state.received, now)


def _in_order(state: StreamNow, data: bytes, rules: Rules) -> StreamFrame:
    if len(data) > rules.limits.max_message_bytes:
        limit = rules.limits.max_message_bytes
        raise FrameRefused(Fault.MESSAGE_TOO_LARGE, f"a frame has at most {limit} bytes")
    try:
        frame = unpack(data)
    except HeaderError as error:
        raise FrameRefused(Fault.BAD_HEADER, str(error)) from error
    if frame.sequence <= state.sequence:
        before = state.sequence
        raise FrameRefused(Fault.SEQUENCE, f"sequence numbers rise: {frame.sequence} came after {before}")
    if frame.captured <= state.captured:
        raise FrameRefused(Fault.CAPTURE_TIME, "capture times rise: this frame is not newer than the last")
    if state.credit < 1:
        raise FrameRefused(Fault.NO_CREDIT, "this frame was sent before an `ack` gave credit for it")
    return frame


def _size(frame: StreamFrame, rules: Rules) -> tuple[int, int]:
    limits = rules.limits
    try:
        size = picture_size(frame.picture, frame.codec)
    except PictureError as error:
        raise FrameRefused(Fault.BAD_PICTURE, str(error)) from error
    if max(size) > limits.max_long_side or min(size) > limits.max_short_side:
        most = f"{limits.max_long_side} x {limits.max_short_side}"
        raise FrameRefused(Fault.PICTURE_TOO_LARGE, f"{size[0]} x {size[1]} is over the limit of {most}")
    return size
