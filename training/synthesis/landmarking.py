"""Which vertices of a head lie under MediaPipe's landmarks: found on a picture of it at rest."""

import numpy as np
from numpy.typing import NDArray

from model.clip import NUM_MESH_LANDMARKS, Frame
from model.faces import LandmarkFinder
from training.synthesis.heads import EXPRESSIONS, Head, HeadState
from training.synthesis.lighting import light_probe
from training.synthesis.render import Renderer
from training.synthesis.scene import Exposure, View

_VIEW = View(width=800, height=800, focal=1500.0)
_DISTANCE = 0.9  # metres
_VISIBLE = 0.004  # metres behind what was drawn


def landmark_vertices(head: Head, renderer: Renderer, finder: LandmarkFinder) -> NDArray[np.int64]:
    """The vertex of the first piece nearest to each mesh landmark. Raises ValueError without a face."""
    rest = HeadState(*(np.zeros(n, np.float32) for n in (3, 3, len(EXPRESSIONS), 2)))
    to_camera = np.eye(4)
    to_camera[2, 3] = _DISTANCE
    sky = np.ones((64, 128, 3), np.float32)
    sky[32:] = 0.5
    grey = np.full((_VIEW.height, _VIEW.width, 3), 0.3, np.float32)
    behind = Exposure(grey, np.full(grey.shape[:2], 2.0, np.float32))
    parts = head.parts(rest, to_camera)
    upright = np.diag([1, -1, -1]).astype(np.float32)
    exposure = renderer.draw(parts, behind, _VIEW, probe=light_probe(sky), to_world_33=upright)
    picture = np.asarray(np.clip(exposure.radiance_HW3, 0, 1) ** (1 / 2.2) * 255, np.uint8)
    faces = finder.find(Frame(picture, 0.0, 0))
    if not faces:
        raise ValueError(f"{head.name}: no face is found on its picture")
    points_V3 = parts[0].positions_V3.astype(np.float64)
    pixels_V2 = _VIEW.project(points_V3)
    columns, rows = np.clip(pixels_V2.astype(int), 0, _VIEW.width - 1).T
    hidden = points_V3[:, 2] > exposure.depth_HW[rows, columns] + _VISIBLE
    landmarks_L2 = faces[0].landmarks_L3[:NUM_MESH_LANDMARKS, :2]
    distance = np.linalg.norm(landmarks_L2[:, None] - pixels_V2[None], axis=2)
    return np.asarray((distance + 1e3 * hidden).argmin(axis=1), np.int64)
