"""Downloaded assets -> what the engine reads, decoded once: generation needs neither fitting nor Node.

A prepared folder holds `ict_facekit.npz`, `portraits/*.npz`, `rigged/*.npz` and `panoramas/*.npy`.
"""

import base64
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from tqdm import tqdm

from model.bundle import default_path, ensure_bundle
from model.clip import FloatArray
from model.faces import LandmarkFinder
from training.synthesis.duplicates import drop_near_duplicates, near_duplicates
from training.synthesis.ict import load_face_model
from training.synthesis.landmarking import landmark_vertices
from training.synthesis.portraits import (
    PersonSegmenter,
    PortraitTools,
    UnusablePortraitError,
    prepare_portrait,
)
from training.synthesis.render import Renderer
from training.synthesis.rigged import decoded_rig, read_rigged_head
from training.synthesis.tags import portrait_tags

_DECODER: Final = Path(__file__).parent / "glb.mjs"
_PANORAMA_WIDTH: Final = 1024  # px


@dataclass(slots=True)
class Prepared:
    """What became of the assets of one kind."""

    made: int = 0
    kept: int = 0
    refused: dict[str, str] = field(default_factory=dict)  # file -> reason
    outdated: dict[str, str] = field(default_factory=dict)  # kept, though it would be refused now


def prepare_face_model(source: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, out / "ict_facekit.npz")


def due_portraits(paths: Iterable[Path], out: Path) -> tuple[list[Path], Prepared]:
    """Which portraits are to be prepared into OUT, and what becomes of the others.

    A portrait whose tags let it be no head is left out of a new folder, and stays in an old one: captures
    are drawn from the folder's names, so that the same seed goes on with the same people.
    """
    due, done, twins = [], Prepared(), near_duplicates(out)
    for path in paths:
        seen = portrait_tags().get(path.stem)
        no_head = seen.no_head if seen else None
        there = (out / f"{path.stem}.npz").exists()
        if there and no_head:
            done.outdated[path.name] = no_head
        if there or path.stem in twins:
            done.kept += 1
        elif no_head:
            done.refused[path.name] = no_head
        else:
            due.append(path)
    return due, done


def prepare_portraits(paths: Iterable[Path], out: Path, *, face_model: Path, segmenter: Path) -> Prepared:
    """One npz for each usable portrait; what is there already is kept."""
    out.mkdir(parents=True, exist_ok=True)
    model, (due, done) = load_face_model(face_model), due_portraits(paths, out)
    with LandmarkFinder(ensure_bundle(default_path())) as finder:
        tools = PortraitTools(finder, PersonSegmenter(segmenter), model)
        for path in tqdm(due, desc="portraits", unit="portrait"):
            try:
                _save(out / f"{path.stem}.npz", prepare_portrait(path, tools))
                done.made += 1
            except UnusablePortraitError as reason:
                done.refused[path.name] = str(reason)
    for name, first in drop_near_duplicates(out).items():
        done.made -= 1
        done.refused[name] = f"nearly the same picture as {first}"
    return done


def prepare_panoramas(folder: Path, out: Path) -> Prepared:
    """The EXR panoramas of npm's @pmndrs/assets, smaller and as half floats."""
    out.mkdir(parents=True, exist_ok=True)
    done = Prepared()
    for path in tqdm(sorted(folder.glob("*.exr.js")), desc="panoramas", unit="panorama"):
        target = out / f"{path.name.removesuffix('.exr.js')}.npy"
        if target.exists():
            done.kept += 1
            continue
        np.save(target, _panorama(path).astype(np.float16))
        done.made += 1
    return done


def _panorama(path: Path) -> FloatArray:
    """Linear radiance (H, 1024, 3) of an EXR that is wrapped into a JavaScript module."""
    import OpenEXR  # slow to load, and only preparing needs it

    text = path.read_text()
    data = base64.b64decode(text[text.index("base64,") + len("base64,") :].rstrip("';\n "))
    with tempfile.NamedTemporaryFile(suffix=".exr") as file:
        file.write(data)
        file.flush()
        with OpenEXR.File(file.name) as exr:
            pixels = np.asarray(exr.channels()["RGB"].pixels, np.float32)
    height = round(_PANORAMA_WIDTH * pixels.shape[0] / pixels.shape[1])
    small = cv2.resize(pixels, (_PANORAMA_WIDTH, height), interpolation=cv2.INTER_AREA)
    return np.asarray(np.clip(small, 0, 6e4), np.float32)


def _save(target: Path, arrays: dict[str, Any]) -> None:
    partial = target.with_suffix(".partial")
    with partial.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    partial.rename(target)


def prepare_rigged(paths: Iterable[Path], out: Path, *, node_modules: Path) -> Prepared:
    """The GLB heads, decoded by Node once. `node_modules` holds the packages that glb.mjs needs."""
    out.mkdir(parents=True, exist_ok=True)
    done, renderer = Prepared(), Renderer()
    with LandmarkFinder(ensure_bundle(default_path())) as finder, tempfile.TemporaryDirectory() as folder:
        script = node_modules.parent / _DECODER.name  # Node looks for packages beside the script
        shutil.copyfile(_DECODER, script)
        for path in tqdm(list(paths), desc="rigged heads", unit="head"):
            target = out / f"{path.stem}.npz"
            if target.exists():
                done.kept += 1
                continue
            stem = Path(folder) / "head"
            subprocess.run(["node", script, path, stem], check=True)
            arrays = decoded_rig(stem) | {"landmark_vertices": np.zeros(1, np.int64)}
            _save(target, arrays)
            vertices = landmark_vertices(read_rigged_head(target), renderer, finder)
            _save(target, arrays | {"landmark_vertices": vertices})
            done.made += 1
    return done


def prepare_all(assets: Path, out: Path, node_modules: Path) -> dict[str, Prepared]:
    """Everything that `library.Library` reads, from checked assets and installed packages."""
    face_model = out / "ict_facekit.npz"
    if not face_model.exists():
        prepare_face_model(assets / "heads/ict/ict_facekit.npz", out)
    segmenter = node_modules / "@mediapipe/selfie_segmentation/selfie_segmentation.tflite"
    return {
        "panoramas": prepare_panoramas(node_modules / "@pmndrs/assets/hdri", out / "panoramas"),
        "rigged heads": prepare_rigged(
            sorted((assets / "heads/valid").glob("*.glb")), out / "rigged", node_modules=node_modules
        ),
        "portraits": prepare_portraits(
            sorted((assets / "faces/t2i").glob("*.jpg")),
            out / "portraits",
            face_model=face_model,
            segmenter=segmenter,
        ),
    }
