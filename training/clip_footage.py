"""Video files of living people -> captures with all frames that the camera gave, at the file's own rate.

They begin where `training.clip_captures` cuts its own, which hold the frames that are looked at and no other:
of these alone nobody can tell what a slower camera, or frames lost on the way, would have left.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from model.card import SamplingRule
from model.clip import Frame
from model.engine import FaceFinder
from model.sampling import sample
from training.clip_captures import FEWEST_FRAMES, capture_spans
from training.clip_files import EVERY_FRAME, read_file
from training.footage import Footage, footage_of_frames


@dataclass(frozen=True, slots=True)
class Stretch:
    """The frames of one capture, and which it is: the file and its start in seconds."""

    name: str
    frames: tuple[Frame, ...]


def cut_stretches(path: Path) -> Iterator[Stretch]:
    """In the order of showing; the whole file is in memory meanwhile. Raises NotAClip."""
    frames = read_file(path, EVERY_FRAME).frames
    start = frames[0].time
    for span in capture_spans([frame.time for frame in frames]):
        if len(span) >= FEWEST_FRAMES:
            cut = frames[span.start : span.stop]
            yield Stretch(f"{path} at {cut[0].time - start:.2f} s", cut)


async def footage_of_person(stretch: Stretch, faces: FaceFinder, rule: SamplingRule) -> Footage | None:
    """None where a frame that `rule` looks at does not show one face: that is no capture of a person."""
    footage = await footage_of_frames(stretch.frames, faces)
    looked_at = sample([frame.time for frame in stretch.frames], rule).indices
    return None if any(footage.landmarks[i] is None for i in looked_at) else footage
