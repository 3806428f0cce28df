"""ICT-FaceKit as arrays: the part of its model that is drawn, in metres and the head's frame.

Head frame: x to the picture's right when the face looks at the camera, y down, z away from the camera; the
origin lies between the ears. Li et al., "Learning Formation of Physically-Based Face Attributes", CVPR 2020.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from model.clip import FloatArray

_TO_METRES: Final = np.array([0.01, -0.01, -0.01], np.float32)
SKIN: Final = ("M_Face", "M_BackHead")
EYES: Final = ("M_ScleraLeft", "M_IrisLeft", "M_ScleraRight", "M_IrisRight")
MOUTH: Final = ("M_GumsTongue", "M_Teeth")
FACE_VERTICES: Final = 9409  # the first ones of the model: face and neck
LANDMARK_VERTICES: Final = Path(__file__).parent / "landmark_vertices.csv"


@dataclass(frozen=True, eq=False)
class FaceModel:
    """V vertices, K identity and E expression directions."""

    neutral_V3: FloatArray
    identity_KV3: FloatArray
    expression_EV3: FloatArray
    expression_names: tuple[str, ...]
    triangles_F3: NDArray[np.int32]
    material_F: NDArray[np.uint8]
    materials: tuple[str, ...]
    landmark_vertices: NDArray[np.int64]  # the vertex under each of MediaPipe's 468 mesh landmarks

    def shape(self, identity_K: FloatArray) -> FloatArray:
        """The neutral face of an identity, (V, 3)."""
        moved = np.tensordot(identity_K, self.identity_KV3[: len(identity_K)], axes=1)
        return np.asarray(self.neutral_V3 + moved, np.float32)

    def triangles(self, *materials: str) -> NDArray[np.int32]:
        """The triangles of some materials."""
        chosen = [self.materials.index(name) for name in materials]
        return self.triangles_F3[np.isin(self.material_F, chosen)]


def load_face_model(path: Path) -> FaceModel:
    """Reads `ict_facekit.npz` (see assets.toml)."""
    with np.load(path) as stored:
        return FaceModel(
            neutral_V3=stored["neutral"] * _TO_METRES,
            identity_KV3=stored["identity"].astype(np.float32) * _TO_METRES,
            expression_EV3=stored["expression"].astype(np.float32) * _TO_METRES,
            expression_names=tuple(str(name) for name in stored["expression_names"]),
            # The change to a frame with y down and z away is a half turn: the winding stays.
            triangles_F3=stored["triangles"],
            material_F=stored["triangle_material"],
            materials=tuple(str(name) for name in stored["materials"]),
            landmark_vertices=np.loadtxt(LANDMARK_VERTICES, dtype=np.int64),
        )
