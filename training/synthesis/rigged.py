"""Modelled heads with a skeleton -> heads that turn on their neck, blink and speak.

The GLB files hold whole people with their arms stretched out, in metres, y up, z towards the viewer. Kept are
head, neck and shoulders, with the arms lowered. V vertices, E expressions (`heads.EXPRESSIONS`).
"""

import io
import json
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model.clip import FloatArray, PixelArray
from training.synthesis.heads import EXPRESSIONS, Head, HeadKind, Piece
from training.synthesis.mesh import Surface, occlusion

_DIRECTIONS: Final = {  # our names -> how the files' targets end, without their prefix and `_h`
    "blink_left": ("LeyeClose",),
    "blink_right": ("ReyeClose",),
    "squint": ("Rsquint", "Lsquint"),
    "brow_up": ("RRbrowUp", "RbrowUp", "LbrowUp", "LLbrowUp"),
    "brow_down": ("RRbrowDown", "RbrowDown", "LbrowDown", "LLbrowDown"),
    "jaw_open": ("MouthOpen", "t_MouthOpen"),
    "smile": ("RsmileClose", "LsmileClose"),
    "pucker": ("Kiss",),
    "funnel": ("AO_a", "t_AO_a"),
    "stretch": ("Ax_E", "t_Ax_E"),
    "press": ("MPB_Up", "MPB_Down"),
    "upper_up": ("RlipUp", "LlipUp"),
}
_EYE_GLOSS, _SKIN_GLOSS = 0.12, 0.03
_EYE_LIGHT, _MOUTH_LIGHT = 0.6, 0.3  # of the light that reaches what lids and lips surround
_TURNS: Final = {"Head": 1.0, "HeadEnd": 1.0, "HeadEnd_end": 1.0, "Neck": 0.5}
_EYE_JOINTS: Final = ("RightEye", "RightEye_end", "LeftEye", "LeftEye_end")
_LOWEST: Final = 0.26  # metres below the skull's base that are kept
_ARMS_DOWN: Final = np.radians(62.0)
_TEXTURE: Final = 1024  # px
_FLIP: Final = np.array([1.0, -1.0, -1.0], np.float32)  # to y down, z away


def decoded_rig(stem: Path) -> dict[str, Any]:
    """The arrays of a head's npz, from what `glb.mjs` wrote to STEM.json and STEM.bin."""
    description = json.loads(stem.with_suffix(".json").read_text())
    data = stem.with_suffix(".bin").read_bytes()
    arrays: dict[str, Any] = {}
    names = []
    meshes = [mesh for mesh in description["meshes"] if mesh["texture"] is not None]
    origin_3 = _joint(meshes[0], "Head")
    for mesh in meshes:
        piece = _piece(mesh, data, origin_3)
        if piece is not None:
            names.append(mesh["name"])
            arrays |= {f"{mesh['name']}.{key}": value for key, value in piece.items()}
    used = {mesh["texture"] for mesh in meshes}
    for texture in description["textures"]:
        if texture["name"] in used:
            raw = data[texture["offset"] : texture["offset"] + texture["bytes"]]
            picture = Image.open(io.BytesIO(raw)).convert("RGBA")
            small = picture.resize((_TEXTURE, _TEXTURE), Image.Resampling.BOX)
            arrays[f"texture.{texture['name']}"] = np.asarray(small)
    return arrays | {"names": np.array(names)}


def read_rigged_head(path: Path) -> Head:
    """A prepared rigged head."""
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    textures = {name: arrays[name] for name in arrays if name.startswith("texture.")}
    pieces = tuple(_read_piece(str(name), arrays, textures) for name in arrays["names"])
    return Head(
        name=path.stem,
        kind=HeadKind.RIGGED,
        pieces=pieces,
        landmark_vertices_L=arrays["landmark_vertices"],
        tags=head_labels(path.stem),
    )


def head_labels(name: str) -> dict[str, str]:
    """What its makers call it: files are `GROUP_SEX_NUMBER_CLOTHES`, with `X_` if not validated."""
    group, sex = name.removeprefix("X_").split("_")[:2]
    return {"labelled_group": group, "labelled_sex": sex}


def _read_piece(name: str, arrays: dict[str, Any], textures: dict[str, PixelArray]) -> Piece:
    def get(key: str) -> Any:
        return arrays[f"{name}.{key}"]

    eye = name.endswith("_eye")
    if eye or "Teeth" in name or "gland" in name:
        shade = np.full(len(get("rest")), _MOUTH_LIGHT if "Teeth" in name else _EYE_LIGHT, np.float32)
    else:
        shade = get("shade")
    surface = Surface(
        triangles_F3=get("triangles"),
        uv_V2=get("uv"),
        texture_HW4=textures[f"texture.{get('texture')}"],
        shade_V=shade,
        gloss=_EYE_GLOSS if eye else _SKIN_GLOSS,
    )
    directions = arrays.get(f"{name}.directions")
    return Piece(
        surface=surface,
        rest_V3=get("rest"),
        turns_V=get("turns"),
        directions_EV3=None if directions is None else directions.astype(np.float32),
        eye_3=get("rest").mean(axis=0) + np.array([0, 0, 0.004], np.float32) if eye else None,
        welded_V=get("welded"),
        behind_lips="Teeth" in name,
    )


def _piece(mesh: dict[str, Any], data: bytes, origin_3: FloatArray) -> dict[str, Any] | None:
    """One mesh, cut to head and shoulders, in our frame; None where nothing of it is left."""
    joints = mesh["joints"]
    inverse = _floats(mesh["inverseBind"], data).reshape(-1, 4, 4).transpose(0, 2, 1)
    bind = np.array(mesh["world"], np.float32).reshape(-1, 4, 4).transpose(0, 2, 1) @ inverse
    to_metres = bind[joints.index("Head")]  # the same for every joint, as the file is saved at rest
    points = _floats(mesh["position"], data) @ to_metres[:3, :3].T + to_metres[:3, 3]
    share = np.zeros((len(points), len(joints)), np.float32)
    rows = np.arange(len(points))[:, None]
    np.add.at(share, (rows, _floats(mesh["joint"], data).astype(int)), _floats(mesh["weight"], data))
    share /= np.maximum(share.sum(axis=1, keepdims=True), 1e-6)
    points = _arms_lowered(points, share, mesh)
    triangles = np.frombuffer(data, np.uint32, mesh["index"]["bytes"] // 4, mesh["index"]["offset"])
    triangles = triangles.reshape(-1, 3).astype(np.int64)
    kept = (points[triangles][..., 1] > origin_3[1] - _LOWEST).all(axis=1)
    if not kept.any():
        return None
    used, renumbered = np.unique(triangles[kept], return_inverse=True)
    rest = ((points - origin_3) * _FLIP)[used].astype(np.float32)
    _, welded = np.unique(np.round(rest * 2e4).astype(np.int64), axis=0, return_inverse=True)
    piece = {
        "rest": rest,
        "uv": _floats(mesh["uv"], data)[used],
        "triangles": renumbered.reshape(-1, 3).astype(np.int32),
        "turns": _turn_weights(share, joints)[used],
        "texture": np.array(mesh["texture"]),
        "welded": welded.astype(np.int32).ravel(),
    }
    piece["shade"] = occlusion(rest, piece["triangles"], piece["welded"])
    directions = _directions(mesh, data, to_metres, used)
    return piece if directions is None else piece | {"directions": directions}


def _directions(
    mesh: dict[str, Any], data: bytes, to_metres: FloatArray, used: NDArray[np.int64]
) -> NDArray[np.float16] | None:
    if not mesh["targets"]:
        return None
    moves = np.zeros((len(EXPRESSIONS), len(used), 3), np.float32)
    for target in mesh["targets"]:
        name = target["name"].split(".")[-1].removesuffix("_h")
        for index, expression in enumerate(EXPRESSIONS):
            if name in _DIRECTIONS[expression]:
                moves[index] += (_floats(target["position"], data)[used] @ to_metres[:3, :3].T) * _FLIP
    return moves.astype(np.float16)


def _turn_weights(share: FloatArray, joints: list[str]) -> FloatArray:
    weights = np.zeros(len(share), np.float32)
    for name, weight in (_TURNS | dict.fromkeys(_EYE_JOINTS, 1.0)).items():
        if name in joints:
            weights += weight * share[:, joints.index(name)]
    return weights


def _arms_lowered(points: FloatArray, share: FloatArray, mesh: dict[str, Any]) -> FloatArray:
    for side, sign in (("Right", -1.0), ("Left", 1.0)):
        arm = [i for i, name in enumerate(mesh["joints"]) if name.startswith(side) and _is_arm(name)]
        if not arm:
            continue
        shoulder = _joint(mesh, f"{side}Arm")
        turn, _ = cv2.Rodrigues(np.array([0.0, 0.0, -sign * _ARMS_DOWN]))
        lowered = (points - shoulder) @ turn.T.astype(np.float32) + shoulder
        points = points + share[:, arm].sum(axis=1)[:, None] * (lowered - points)
    return points


def _is_arm(name: str) -> bool:
    return any(part in name for part in ("Arm", "ForeArm", "Hand", "FingerBase"))


def _joint(mesh: dict[str, Any], name: str) -> FloatArray:
    """Where a joint is, metres."""
    return np.array(mesh["world"][mesh["joints"].index(name)], np.float32).reshape(4, 4)[3, :3]


def _floats(entry: dict[str, int], data: bytes) -> FloatArray:
    values = np.frombuffer(data, np.float32, entry["bytes"] // 4, entry["offset"])
    return values.reshape(-1, entry["size"])
