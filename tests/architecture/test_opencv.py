"""mediapipe asks for opencv-contrib-python: the same `cv2` as the headless build, but it needs X11."""

import re
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEADLESS = "opencv-python-headless"


def test_exactly_one_distribution_installs_cv2() -> None:
    assert set(packages_distributions()["cv2"]) == {HEADLESS}
    installed = {each.name.lower() for each in distributions() if each.name.lower().startswith("opencv")}
    assert installed == {HEADLESS}


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.stem)
def test_every_lock_installs_the_headless_build_alone(lock: Path) -> None:
    named = re.findall(r"^(opencv[a-z-]*)==(.*)", lock.read_text(), re.MULTILINE)
    assert {name for name, rest in named if "sys_platform == 'never'" not in rest} == {HEADLESS}
