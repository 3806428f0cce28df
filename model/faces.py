"""Frame -> faces: MediaPipe's FaceLandmarker in IMAGE mode, which keeps nothing between frames.

Without hidden state a clip, a stream and training find the same landmarks. One finder serves one thread at a
time; the service keeps a pool of them.
"""

from pathlib import Path
from types import TracebackType
from typing import Self

import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision
from mediapipe.tasks.python.components.containers.landmark import NormalizedLandmark
from numpy.typing import NDArray

from model.clip import Face, FloatArray, Frame
from model.geometry import face_height

_MAX_FACES = 2  # one more than a capture may show, so that a second person is noticed


class LandmarkFinder:
    """Finds dense landmarks; close it, or use it as a context manager."""

    def __init__(self, bundle: Path) -> None:
        """`bundle` is the path that `model.bundle.ensure_bundle` returned."""
        options = vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(bundle)),
            running_mode=vision.RunningMode.IMAGE,
            num_faces=_MAX_FACES,
            output_facial_transformation_matrixes=True,
        )
        self._landmarker = vision.FaceLandmarker.create_from_options(options)
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._closed = True
        self._landmarker.close()

    def find(self, frame: Frame) -> tuple[Face, ...]:
        """The faces of a frame, the largest first. Raises ValueError once it is closed.

        MediaPipe would say that there is no face, which reads like an answer.
        """
        if self._closed:
            raise ValueError("this face finder was closed")
        image = mp.Image(image_format=mp.ImageFormat.SRGB, data=np.ascontiguousarray(frame.pixels_HW3))
        found = self._landmarker.detect(image)
        height, width = frame.pixels_HW3.shape[:2]
        faces = [
            _face(landmarks, np.asarray(pose), width=width, height=height)
            for landmarks, pose in zip(
                found.face_landmarks, found.facial_transformation_matrixes, strict=True
            )
        ]
        return tuple(sorted(faces, key=lambda face: -face_height(face.landmarks_L3)))


def _face(
    landmarks: list[NormalizedLandmark], pose_44: NDArray[np.float64], *, width: int, height: int
) -> Face:
    """MediaPipe's normalised landmarks in px; its z has the scale of x."""
    scale = np.array([width, height, width], dtype=np.float32)
    points: FloatArray = np.array([(p.x, p.y, p.z) for p in landmarks], dtype=np.float32) * scale
    # The third column is where the nose points, x to the image's right, y up, z to the camera.
    nose_x, nose_y, nose_z = pose_44[:3, 2]
    yaw = float(np.degrees(np.arctan2(nose_x, nose_z)))
    pitch = float(np.degrees(np.arcsin(np.clip(nose_y, -1.0, 1.0))))
    return Face(points, yaw=yaw, pitch=pitch)
