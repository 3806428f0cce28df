"""Plays every transcript anew and prints what changed; run it on purpose only.

python -m tests.service.stream.make_transcripts
"""

import difflib
from pathlib import Path

from tests.service.stream.script import play

FOLDER = Path(__file__).parent / "transcripts"


def main() -> None:
    for file in sorted(FOLDER.glob("*.txt")):
        before = file.read_text().splitlines()
        after = list(play(before))
        for line in difflib.unified_diff(before, after, file.name, "now", lineterm=""):
            print(line)  # noqa: T201 - a command's answer
        file.write_text("\n".join(after) + "\n")


if __name__ == "__main__":
    main()
