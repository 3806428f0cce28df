"""Every package that the locks install is named with its licence."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_locked_package_is_in_the_notice() -> None:
    notice = (ROOT / "NOTICE").read_text()
    locked = {
        name
        for lock in (ROOT / "requirements").glob("*.txt")
        for name in re.findall(r"^([A-Za-z0-9_.-]+)==", lock.read_text(), re.MULTILINE)
    }
    assert len(locked) > 50
    named = set(re.findall(r"[a-z0-9][a-z0-9-]*", notice))
    assert locked - named == set()
