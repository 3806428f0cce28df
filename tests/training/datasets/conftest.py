"""Miniature copies of the data sets, with their exact layout, and a stand-in for the face finder."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from model.bundle import default_path
from model.clip import Face, Frame
from model.faces import LandmarkFinder
from model.geometry import face_box

CODECS = {".avi": "mpeg4", ".mov": "libx264", ".mp4": "libx264"}


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], None]:
    """Writes a video of 24 frames that no face is needed in, one encoding for each suffix."""
    encoded: dict[str, bytes] = {}

    def write(path: Path) -> None:
        if path.suffix not in encoded:
            made = tmp_path_factory.mktemp("video") / f"video{path.suffix}"
            encode(made, [np.full((48, 64, 3), 8 * i, np.uint8) for i in range(24)])
            encoded[path.suffix] = made.read_bytes()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded[path.suffix])

    return write


@pytest.fixture
def tree(tmp_path: Path, video: Callable[[Path], None]) -> Callable[..., Path]:
    """A folder with a small video under each name, and other files with their text."""

    def plant(names: Iterable[str], texts: dict[str, str] | None = None) -> Path:
        for name in names:
            video(tmp_path / name)
        for name, text in (texts or {}).items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return tmp_path

    return plant


@pytest.fixture(scope="session")
def person() -> list[np.ndarray]:
    """30 frames of a real photograph that drifts, 320 x 240."""
    photograph = cv2.resize(astronaut()[:300, 80:480], (320, 240), interpolation=cv2.INTER_AREA)
    shifts = [np.float32([[1, 0, i / 3], [0, 1, i / 6]]) for i in range(30)]
    return [
        cv2.warpAffine(photograph, shift, (320, 240), borderMode=cv2.BORDER_REPLICATE) for shift in shifts
    ]


@pytest.fixture
def encode_video() -> Callable[..., None]:
    return encode


@pytest.fixture(scope="session")
def face_shape() -> np.ndarray:
    """The landmarks of a real photograph, 2 high, about 0."""
    with LandmarkFinder(default_path()) as finder:
        (face,) = finder.find(Frame(astronaut(), 0.0, 0))
    left, top, right, bottom = face_box(face.landmarks_L3)
    middle = np.float32([(left + right) / 2, (top + bottom) / 2, 0])
    return (face.landmarks_L3 - middle) * np.float32(2 / (bottom - top))


@pytest.fixture
def drawn_faces(face_shape: np.ndarray) -> Callable[..., "DrawnFaces"]:
    return partial(DrawnFaces, face_shape)


def encode(path: Path, frames: Sequence[np.ndarray], *, fps: int = 30) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(CODECS[path.suffix], rate=Fraction(fps))
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for pixels in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())


class DrawnFaces:
    """Finds a face of a real shape, 40 px high, in each frame whose index is not among `hidden`."""

    def __init__(
        self,
        shape_L3: np.ndarray,
        *,
        hidden: frozenset[int] = frozenset(),
        centres: Sequence[float] = (32.0,),
        tilt: float = 0.0,
    ) -> None:
        """`shape_L3` is 2 high, about 0; `tilt` brings the left of the picture nearer."""
        self.shape_L3 = shape_L3 + tilt * shape_L3[:, :1] * np.float32([0, 0, 1])
        self.hidden, self.centres, self.calls = hidden, centres, 0

    def find(self, frame: Frame) -> tuple[Face, ...]:
        """The face moves by a sixth of a px a frame."""
        self.calls += 1
        if frame.index in self.hidden:
            return ()
        return tuple(
            Face(20 * self.shape_L3 + np.float32([centre + frame.index / 6, 24, 0]), yaw=0.0, pitch=0.0)
            for centre in self.centres
        )
