"""ICT-FaceKit's meshes (FaceXModel/*.obj) -> the one npz that `ict.load_face_model` reads.

Units stay the files' own: cm, y up. Vertices are float32; identities and expressions are float16 differences
from the neutral mesh. Polygons become fans of triangles. V vertices, T texture coordinates, F triangles.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from training.errors import TrainingError

NEUTRAL: Final = "generic_neutral_mesh"
_IDENTITY: Final = "identity"
_NO_MATERIAL: Final = ""


class BrokenMeshError(TrainingError):
    """A mesh is missing, or is not of the neutral mesh's shape; the message names it."""

    code = "broken_mesh"


@dataclass(frozen=True, slots=True)
class Mesh:
    """What an OBJ file tells about a surface."""

    points_V3: NDArray[np.float64]
    uv_T2: NDArray[np.float64]
    triangles_F3: NDArray[np.int32]
    uv_triangles_F3: NDArray[np.int32]
    material_F: NDArray[np.uint8]
    materials: tuple[str, ...]  # in the order of their first use


def read_obj(path: Path) -> Mesh:
    """Reads vertices, texture coordinates, polygons and materials. Raises BrokenMeshError."""
    lines = [line.split() for line in path.read_text().splitlines() if line[:1] in "vfu"]
    by_kind: dict[str, list[list[str]]] = {kind: [] for kind in ("v", "vt")}
    corners: list[list[tuple[int, int]]] = []
    used: list[int] = []
    materials: list[str] = []
    for kind, *values in (line for line in lines if line):
        if kind in by_kind:
            by_kind[kind].append(values)
        elif kind == "usemtl":
            materials += [values[0]] if values[0] not in materials else []
            current = materials.index(values[0])
        elif kind == "f":
            if not materials:
                materials, current = [_NO_MATERIAL], 0
            fan = _fan([_corner(value, path) for value in values])
            corners += fan
            used += [current] * len(fan)
    if not by_kind["v"] or not corners:
        raise BrokenMeshError(f"{path} holds no surface")
    both = np.array(corners, np.int32).reshape(-1, 3, 2)
    return Mesh(
        points_V3=np.array([value[:3] for value in by_kind["v"]], np.float64),
        uv_T2=np.array([value[:2] for value in by_kind["vt"]], np.float64).reshape(-1, 2),
        triangles_F3=np.ascontiguousarray(both[..., 0]),
        uv_triangles_F3=np.ascontiguousarray(both[..., 1]),
        material_F=np.array(used, np.uint8),
        materials=tuple(materials),
    )


def face_model_arrays(folder: Path) -> dict[str, Any]:
    """The npz's arrays from a FaceXModel folder. Raises BrokenMeshError."""
    if not (folder / f"{NEUTRAL}.obj").is_file():
        raise BrokenMeshError(f"{folder} holds no {NEUTRAL}.obj: it must be ICT-FaceKit's FaceXModel folder")
    neutral = read_obj(folder / f"{NEUTRAL}.obj")
    others = sorted(path for path in folder.glob("*.obj") if path.stem != NEUTRAL)
    identities = [path for path in others if path.stem.startswith(_IDENTITY)]
    expressions = [path for path in others if path not in identities]
    return {
        "neutral": neutral.points_V3.astype(np.float32),
        "identity": _differences(identities, neutral),
        "identity_names": np.array([path.stem for path in identities], str),
        "expression": _differences(expressions, neutral),
        "expression_names": np.array([path.stem for path in expressions], str),
        "triangles": neutral.triangles_F3,
        "uv": neutral.uv_T2.astype(np.float32),
        "uv_triangles": neutral.uv_triangles_F3,
        "triangle_material": neutral.material_F,
        "materials": np.array(neutral.materials, str),
    }


def convert_face_model(folder: Path, out: Path) -> None:
    """Writes the npz; an interrupted run leaves nothing that looks whole. Raises BrokenMeshError."""
    arrays = face_model_arrays(folder)
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_suffix(".partial")
    with partial.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    partial.rename(out)


def _differences(paths: Iterable[Path], neutral: Mesh) -> NDArray[np.float16]:
    moved = [_points(path) for path in tqdm(list(paths), desc="meshes", unit="mesh")]
    for path, points_V3 in zip(paths, moved, strict=True):
        if points_V3.shape != neutral.points_V3.shape:
            raise BrokenMeshError(
                f"{path} has {len(points_V3)} vertices, the neutral mesh {len(neutral.points_V3)}"
            )
    return np.array([points_V3 - neutral.points_V3 for points_V3 in moved], np.float16)


def _points(path: Path) -> NDArray[np.float64]:
    """Only the vertices: the rest is the neutral mesh's."""
    rows = [line.split()[1:4] for line in path.read_text().splitlines() if line.startswith("v ")]
    return np.array(rows, np.float64).reshape(-1, 3)


def _corner(text: str, path: Path) -> tuple[int, int]:
    """`vertex/texture[/normal]`, counted from 1 -> both from 0. Raises BrokenMeshError."""
    numbers = text.split("/")
    if len(numbers) < 2 or not numbers[1]:
        raise BrokenMeshError(f"{path}: a corner without texture coordinates: {text}")
    return int(numbers[0]) - 1, int(numbers[1]) - 1


def _fan(corners: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """A polygon as triangles about its first corner."""
    return [[corners[0], corners[i], corners[i + 1]] for i in range(1, len(corners) - 1)]
