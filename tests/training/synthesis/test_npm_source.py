"""npm packages are installed once, at their pinned version."""

import json
from pathlib import Path

import pytest

from training.synthesis.library import MissingAssetsError
from training.synthesis.npm_source import Package, install_packages

PACKAGE = Package("@scope/thing", "1.2.3")


def installed(folder: Path, version: str) -> None:
    package = folder / "node_modules" / PACKAGE.name
    package.mkdir(parents=True)
    (package / "package.json").write_text(json.dumps({"version": version}))


@pytest.fixture
def no_npm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("no_npm")
def test_a_package_that_is_there_needs_no_npm(tmp_path: Path) -> None:
    installed(tmp_path, "1.2.3")
    assert install_packages(tmp_path, [PACKAGE]) == tmp_path / "node_modules"


@pytest.mark.usefixtures("no_npm")
def test_another_version_is_not_taken_for_the_pinned_one(tmp_path: Path) -> None:
    installed(tmp_path, "1.2.2")
    with pytest.raises(MissingAssetsError, match=r"Node\.js"):
        install_packages(tmp_path, [PACKAGE])


def test_a_failing_npm_is_told_with_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho no such registry >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(MissingAssetsError, match=r"@scope/thing@1\.2\.3.*no such registry"):
        install_packages(tmp_path / "packages", [PACKAGE])
