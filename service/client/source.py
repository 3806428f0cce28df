"""What a stream is fed with."""

from dataclasses import dataclass

from service.stream.codec import Codec


@dataclass(frozen=True, slots=True)
class CameraFrame:
    """One encoded picture; give it when it was taken, not later."""

    picture: bytes
    captured: float  # seconds of any clock that does not jump
    codec: Codec = Codec.JPEG
