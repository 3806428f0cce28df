"""Video files of living people, as captures are cut from them."""

from pathlib import Path
from typing import Final

from model.card import SamplingRule
from model.clip import Clip
from model.video import VideoError, VideoLimits, read_clip
from training.errors import TrainingError

EVERY_FRAME: Final = SamplingRule(interval=1, interval_ms=0.0)  # at whatever rate, even or not
_LIMITS: Final = VideoLimits(max_seconds=120.0, max_frames=7200)


class NotAClip(TrainingError):  # noqa: N818
    """A file that the service would not take either."""

    code = "not_a_clip"


def file_content(path: Path) -> bytes:
    """Raises NotAClip."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotAClip(f"{path}: {error}") from error


def read_file(path: Path, rule: SamplingRule) -> Clip:
    """The frames that `rule` asks for. Raises NotAClip."""
    try:
        return read_clip(file_content(path), rule=rule, limits=_LIMITS)
    except VideoError as error:
        raise NotAClip(f"{path}: {error}") from error
