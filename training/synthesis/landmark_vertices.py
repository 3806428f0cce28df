"""Makes landmark_vertices.csv: which vertex of ICT-FaceKit lies under each of MediaPipe's mesh landmarks.

    python -m training.synthesis.landmark_vertices ict_facekit.npz

Draws many grey heads, lets MediaPipe find its landmarks on them, and takes for each landmark the visible
vertex that is nearest on average.
"""

import sys
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from model.bundle import default_path, ensure_bundle
from model.clip import NUM_MESH_LANDMARKS, FloatArray, Frame, PixelArray
from model.faces import LandmarkFinder
from training.synthesis.ict import (
    EYES,
    FACE_VERTICES,
    LANDMARK_VERTICES,
    MOUTH,
    SKIN,
    FaceModel,
    load_face_model,
)
from training.synthesis.lighting import light_probe
from training.synthesis.mesh import Part, Surface
from training.synthesis.render import Renderer
from training.synthesis.scene import Exposure, View

_VIEW: Final = View(width=900, height=900, focal=1700.0)
_HEADS: Final = 60
_VISIBLE: Final = 0.004  # metres behind what was drawn
_COLOURS: Final = {SKIN: (190, 140, 120), EYES: (225, 225, 225), MOUTH: (130, 60, 60)}


def main(path: Path) -> None:
    model = load_face_model(path)
    rng = np.random.default_rng(0)
    squares = np.zeros((NUM_MESH_LANDMARKS, FACE_VERTICES))
    seen = np.zeros(FACE_VERTICES)
    surfaces = [_surface(model, materials, colour) for materials, colour in _COLOURS.items()]
    renderer = Renderer()
    with LandmarkFinder(ensure_bundle(default_path())) as finder:
        for _ in tqdm(range(_HEADS), desc="heads"):
            points_V3 = _posed(model.shape(rng.normal(0, 0.7, 60).astype(np.float32)), rng)
            exposure = _drawn(renderer, surfaces, points_V3)
            faces = finder.find(Frame(_picture(exposure), 0.0, 0))
            if faces:
                visible_V, pixels_V2 = _visible(points_V3[:FACE_VERTICES], exposure)
                landmarks_L2 = faces[0].landmarks_L3[:NUM_MESH_LANDMARKS, :2]
                distance = np.linalg.norm(landmarks_L2[:, None] - pixels_V2[None], axis=2)
                squares += np.minimum(distance, 40.0) ** 2 * visible_V
                seen += visible_V
    mean = np.where(seen > _HEADS / 3, squares / np.maximum(seen, 1), np.inf)
    np.savetxt(LANDMARK_VERTICES, mean.argmin(axis=1), fmt="%d")
    sys.stdout.write(f"root mean square distance {np.sqrt(mean.min(axis=1)).mean():.2f} px\n")


def _surface(model: FaceModel, materials: tuple[str, ...], colour: tuple[int, int, int]) -> Surface:
    texture = np.full((4, 4, 4), 255, np.uint8)
    texture[..., :3] = colour
    count = len(model.neutral_V3)
    return Surface(
        triangles_F3=model.triangles(*materials),
        uv_V2=np.zeros((count, 2), np.float32),
        texture_HW4=texture,
    )


def _posed(points_V3: FloatArray, rng: np.random.Generator) -> FloatArray:
    rotation, _ = cv2.Rodrigues(np.radians(rng.normal(0, (5, 8, 3))))
    return np.asarray(points_V3 @ rotation.T.astype(np.float32) + [0, 0, 0.9], np.float32)


def _drawn(renderer: Renderer, surfaces: list[Surface], points_V3: FloatArray) -> Exposure:
    sky = np.ones((64, 128, 3), np.float32)
    sky[32:] = 0.35
    grey = np.full((_VIEW.height, _VIEW.width, 3), 0.2, np.float32)
    behind = Exposure(grey, np.full(grey.shape[:2], 2.0, np.float32))
    parts = [Part(surface, points_V3, surface.normals(points_V3)) for surface in surfaces]
    upright = np.diag([1, -1, -1]).astype(np.float32)
    return renderer.draw(parts, behind, _VIEW, probe=light_probe(sky), to_world_33=upright)


def _picture(exposure: Exposure) -> PixelArray:
    return np.asarray(np.clip(exposure.radiance_HW3, 0, 1) ** (1 / 2.2) * 255, np.uint8)


def _visible(points_V3: FloatArray, exposure: Exposure) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    pixels_V2 = _VIEW.project(points_V3.astype(np.float64))
    columns, rows = np.clip(pixels_V2.astype(int), 0, _VIEW.width - 1).T
    return points_V3[:, 2] < exposure.depth_HW[rows, columns] + _VISIBLE, pixels_V2


if __name__ == "__main__":
    main(Path(sys.argv[1]))
