"""Downloaded assets -> what the engine reads, decoded once: generation needs neither fitting nor Node.

A prepared folder holds `ict_facekit.npz`, `portraits/*.npz`, `rigged/*.npz` and `panoramas/*.npy`.
"""

import base64
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from tqdm import tqdm

from model.bundle import default_path, ensure_bundle
from model.clip import FloatArray
from model.faces import LandmarkFinder
from training.synthesis.landmarking import landmark_vertices
from training.synthesis.portrait_folder import prepare_portraits
from training.synthesis.prepared import Prepared, save_arrays
from training.synthesis.render import Renderer
from training.synthesis.rigged import decoded_rig, read_rigged_head

_DECODER: Final = Path(__file__).parent / "glb.mjs"
_PANORAMA_WIDTH: Final = 1024  # px


def prepare_face_model(source: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, out / "ict_facekit.npz")


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
            save_arrays(target, arrays)
            vertices = landmark_vertices(read_rigged_head(target), renderer, finder)
            save_arrays(target, arrays | {"landmark_vertices": vertices})
            done.made += 1
    return done


def prepare_all(assets: Path, out: Path, node_modules: Path, *, jobs: int) -> dict[str, Prepared]:
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
            jobs=jobs,
        ),
    }
