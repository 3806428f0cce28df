"""A prepared portrait -> a head: the fitted face with the photograph projected on it, hair and shoulders as a
sheet of their own depth about it. In the portrait's own pose it looks exactly as the portrait.

V vertices of the head model, G vertices of the sheet, H, W of the portrait in px.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clip import BoolArray, FloatArray, PixelArray
from model.geometry import inside_hull
from training.synthesis.heads import EXPRESSIONS, Head, HeadKind, Piece
from training.synthesis.ict import EYES, FACE_VERTICES, MOUTH, FaceModel
from training.synthesis.mesh import Surface
from training.synthesis.scene import View
from training.synthesis.skin_tone import skin_tone
from training.synthesis.tags import portrait_tags

_DIRECTIONS: Final = {
    "blink_left": ("eyeBlink_L",),
    "blink_right": ("eyeBlink_R",),
    "squint": ("eyeSquint_L", "eyeSquint_R", "cheekSquint_L", "cheekSquint_R"),
    "brow_up": ("browInnerUp_L", "browInnerUp_R", "browOuterUp_L", "browOuterUp_R"),
    "brow_down": ("browDown_L", "browDown_R"),
    "jaw_open": ("jawOpen",),
    "smile": ("mouthSmile_L", "mouthSmile_R"),
    "pucker": ("mouthPucker",),
    "funnel": ("mouthFunnel",),
    "stretch": ("mouthStretch_L", "mouthStretch_R"),
    "press": ("mouthPress_L", "mouthPress_R"),
    "upper_up": ("mouthUpperUp_L", "mouthUpperUp_R"),
}
_SHEET: Final = 56  # cells of the sheet's grid on a side
_BEHIND_FACE: Final = 0.012  # metres that the sheet stays behind the face, which moves before it
_NECK: Final = 0.11  # metres below the chin over which the head's turn fades out
_MOUTH_COLOURS: Final = {"M_GumsTongue": (118, 52, 48), "M_Teeth": (196, 186, 168)}


def read_photo_head(path: Path, model: FaceModel) -> tuple[Head, PixelArray]:
    """The head of a prepared portrait, and the background that was behind it (H, W, 3)."""
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    picture = cv2.imdecode(arrays["picture"], cv2.IMREAD_COLOR_RGB)
    background = np.asarray(cv2.imdecode(arrays["background"], cv2.IMREAD_COLOR_RGB), np.uint8)
    return _head(path.stem, np.asarray(picture, np.uint8), arrays, model), background


def _head(name: str, picture_HW3: PixelArray, arrays: dict[str, Any], model: FaceModel) -> Head:
    height, width = picture_HW3.shape[:2]
    view = View(width=width, height=int(arrays["fitted_height"]), focal=float(arrays["focal"]))
    rotation_33, translation_3 = arrays["rotation_33"], arrays["translation_3"]
    points_V3 = arrays["points_V3"]
    camera_V3 = points_V3 @ rotation_33.T + translation_3
    uv_V2 = np.asarray(view.project(camera_V3) / [width, height], np.float32)
    whole = np.dstack([picture_HW3, np.full((height, width), 255, np.uint8)])
    directions_EV3 = _directions(model)
    faces = _drawn_face(model, camera_V3, arrays["landmarks_L3"], view)
    turns_V = _turns(points_V3)

    def piece(triangles_F3: NDArray[np.int32], texture: PixelArray, baked: float, uv: FloatArray) -> Piece:
        used_U, renumbered = np.unique(triangles_F3, return_inverse=True)
        surface = Surface(
            triangles_F3=renumbered.reshape(-1, 3).astype(np.int32),
            uv_V2=uv[used_U],
            texture_HW4=texture,
            baked=baked,
        )
        return Piece(
            surface=surface,
            rest_V3=points_V3[used_U],
            turns_V=turns_V[used_U],
            directions_EV3=np.ascontiguousarray(directions_EV3[:, used_U]),
        )

    pieces = [piece(faces, whole, 1.0, uv_V2)]
    pieces += [piece(model.triangles(*EYES), whole, 1.0, uv_V2)]
    if arrays["mouth_open"]:
        pieces += [piece(model.triangles(*MOUTH), whole, 1.0, uv_V2)]
    else:
        pieces += [
            replace(piece(model.triangles(part), _plain(colour), 0.0, uv_V2), behind_lips=True)
            for part, colour in _MOUTH_COLOURS.items()
        ]
    pieces += [_sheet(whole, arrays, model, camera_V3, view)]
    return Head(
        name=name,
        kind=HeadKind.PHOTO,
        pieces=tuple(pieces),
        landmark_vertices_L=_nearest_drawn(model.landmark_vertices, np.unique(faces), points_V3),
        tags=_tags(name, picture_HW3, arrays["landmarks_L3"]),
    )


def _nearest_drawn(
    at_L: NDArray[np.int64], drawn_U: NDArray[np.int32], points_V3: FloatArray
) -> NDArray[np.int64]:
    """For each landmark's vertex where it, or the nearest one that is drawn, stands among those drawn."""
    nearest = np.searchsorted(drawn_U, at_L).clip(0, len(drawn_U) - 1)
    missing = drawn_U[nearest] != at_L
    for index in np.flatnonzero(missing):
        gaps = np.linalg.norm(points_V3[drawn_U] - points_V3[at_L[index]], axis=1)
        nearest[index] = int(gaps.argmin())
    return nearest


def _tags(name: str, picture_HW3: PixelArray, landmarks_L3: FloatArray) -> dict[str, str]:
    """What an annotator saw, where one did, and the skin tone that the picture shows."""
    seen = portrait_tags().get(name)
    measured = {"skin_tone_ita": skin_tone(picture_HW3, landmarks_L3)}
    return measured | seen.factors() if seen else measured


def _directions(model: FaceModel) -> FloatArray:
    """The model's expressions under our names, (E, V, 3)."""
    index = {name: i for i, name in enumerate(model.expression_names)}
    return np.stack(
        [sum(model.expression_EV3[index[each]] for each in _DIRECTIONS[name]) for name in EXPRESSIONS]
    )


def _drawn_face(
    model: FaceModel, camera_V3: FloatArray, landmarks_L3: FloatArray, view: View
) -> NDArray[np.int32]:
    """Triangles of the face that look at the portrait's camera and lie inside its landmarks' hull."""
    triangles_F3 = model.triangles("M_Face")
    a, b, c = (camera_V3[triangles_F3[:, corner]] for corner in range(3))
    normals = np.cross(b - a, c - a)
    middles = (a + b + c) / 3
    facing = -np.sum(normals * middles, axis=1)
    facing /= np.linalg.norm(normals, axis=1) * np.linalg.norm(middles, axis=1) + 1e-12
    hull = cv2.convexHull(landmarks_L3[:, :2].astype(np.float32))
    centre = hull.mean(axis=0)
    hull = (hull - centre) * 1.03 + centre
    pixels = view.project(camera_V3.astype(np.float64))
    inside_V = np.array(
        [cv2.pointPolygonTest(hull, (float(x), float(y)), False) >= 0 for x, y in pixels[:FACE_VERTICES]]
    )
    # Lids and lips fold inwards: their hidden sides come into view when they move.
    near = np.isin(triangles_F3, _fold_vertices(model)).all(axis=1)
    kept_F3: NDArray[np.int32] = triangles_F3[((facing > 0.05) | near) & inside_V[triangles_F3].all(axis=1)]
    return kept_F3


def _fold_vertices(model: FaceModel) -> NDArray[np.int64]:
    """Vertices that blinks and the jaw move much more than their surroundings."""
    index = {name: i for i, name in enumerate(model.expression_names)}
    moves = sum(
        np.linalg.norm(model.expression_EV3[index[name], :FACE_VERTICES], axis=1)
        for name in (
            "eyeBlink_L",
            "eyeBlink_R",
            "mouthLowerDown_L",
            "mouthLowerDown_R",
            "mouthUpperUp_L",
            "mouthUpperUp_R",
        )
    )
    return np.flatnonzero(np.asarray(moves) > 0.002)


def _turns(points_V3: FloatArray) -> FloatArray:
    """1 on the head, falling to 0 down the neck."""
    chin = float(np.percentile(points_V3[:FACE_VERTICES, 1], 70))
    down = (points_V3[:, 1] - chin) / _NECK
    return np.asarray(1 - _smooth(down), np.float32)


def _sheet(
    whole_HW4: PixelArray, arrays: dict[str, Any], model: FaceModel, camera_V3: FloatArray, view: View
) -> Piece:
    """Hair, neck and shoulders: a grid over the portrait at the head's own depth, and beyond its outline."""
    texture = whole_HW4.copy()
    texture[..., 3] = arrays["coverage"]
    depth_HW = _sheet_depth(model, camera_V3, arrays["landmarks_L3"], view)
    steps = np.linspace(0, 1, _SHEET + 1)
    u, v = (each.ravel() for each in np.meshgrid(steps, steps))
    height = len(whole_HW4)  # the portrait is carried on below what the view saw
    columns = np.clip((u * view.width).astype(int), 0, view.width - 1)
    rows = np.clip((v * height).astype(int), 0, view.height - 1)
    z = depth_HW[rows, columns]
    x, y = (u - 0.5) * view.width / view.focal * z, (v * height - view.height / 2) / view.focal * z
    camera_G3 = np.stack([x, y, z], axis=1)
    points_G3 = (camera_G3 - arrays["translation_3"]) @ arrays["rotation_33"]
    corner = (np.arange(_SHEET)[:, None] * (_SHEET + 1) + np.arange(_SHEET)).ravel()
    across, below = corner + 1, corner + _SHEET + 1
    quads = [np.stack([corner, below, across], 1), np.stack([across, below, below + 1], 1)]
    surface = Surface(
        triangles_F3=np.concatenate(quads).astype(np.int32),
        uv_V2=np.stack([u, v], axis=1).astype(np.float32),
        texture_HW4=texture,
        baked=1.0,
    )
    chin = float(np.percentile(arrays["points_V3"][:FACE_VERTICES, 1], 70))
    turns = 1 - _smooth((points_G3[:, 1] - chin) / _NECK)
    return Piece(surface=surface, rest_V3=points_G3.astype(np.float32), turns_V=turns.astype(np.float32))


def _sheet_depth(model: FaceModel, camera_V3: FloatArray, landmarks_L3: FloatArray, view: View) -> FloatArray:
    """Metres at each px (H, W): the fitted head's, carried on beyond its outline, lower inside the face."""
    pixels = view.project(camera_V3.astype(np.float64))
    shape = (view.height, view.width)
    nearest = np.full(shape, np.inf, np.float32)
    skin = np.unique(model.triangles("M_Face", "M_BackHead"))
    columns, rows = np.round(pixels[skin]).astype(int).T
    inside = (columns >= 0) & (columns < view.width) & (rows >= 0) & (rows < view.height)
    np.minimum.at(nearest, (rows[inside], columns[inside]), camera_V3[skin][inside, 2].astype(np.float32))
    known = np.isfinite(nearest)
    small = cv2.erode(np.where(known, nearest, 9.0).astype(np.float32), np.ones((7, 7), np.uint8))
    covered: BoolArray = small < 9.0
    # Every unknown pixel takes the depth of the nearest known one.
    _, labels = cv2.distanceTransformWithLabels(
        (~covered).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    values = np.zeros(int(labels.max()) + 1, np.float32)
    values[labels[covered]] = small[covered]
    depth_HW = cv2.GaussianBlur(values[labels], (0, 0), view.width / 90)
    face = inside_hull(landmarks_L3[:, :2], shape).astype(np.uint8)
    rim = np.asarray(cv2.distanceTransform(face, cv2.DIST_L2, 5) / (view.width / 30), np.float64)
    return np.asarray(depth_HW + _BEHIND_FACE * _smooth(rim), np.float32)


def _plain(colour: tuple[int, int, int]) -> PixelArray:
    texture = np.full((4, 4, 4), 255, np.uint8)
    texture[..., :3] = colour
    return texture


def _smooth(value: NDArray[Any]) -> NDArray[np.float64]:
    clipped = np.clip(value.astype(np.float64), 0.0, 1.0)
    return np.asarray(clipped * clipped * (3 - 2 * clipped))
