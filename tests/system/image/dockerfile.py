"""Runs a Dockerfile's steps without a container engine.

Every stage works in one folder, whose paths stand for the image's. Only the instructions that our Dockerfile
has are read. System packages are not installed: the machine has to have them.
"""

import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_CONTINUED = re.compile(r"\\\n\s*(?:#.*\n\s*)*")
_STAGE_OF = re.compile(r"(?:--from=|from=)([\w-]+)")


@dataclass
class Stage:
    name: str
    base: str
    instructions: list[tuple[str, str]] = field(default_factory=list)


def parse(text: str) -> dict[str, Stage]:
    """The stages by name, in the file's order."""
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    stages: dict[str, Stage] = {}
    for line in _CONTINUED.sub(" ", lines).splitlines():
        verb, _, rest = line.strip().partition(" ")
        if verb == "FROM":
            base, _, name = rest.partition(" AS ")
            stages[name] = Stage(name, base)
        elif verb:
            list(stages.values())[-1].instructions.append((verb, rest.strip()))
    return stages


def chain(stages: dict[str, Stage], target: str) -> Iterator[Stage]:
    """The stages that make up the target's own file system, base first."""
    if target in stages:
        yield from chain(stages, stages[target].base)
        yield stages[target]


def value(stages: dict[str, Stage], target: str, verb: str) -> str:
    """What an instruction says last along the target's chain."""
    return [rest for stage in chain(stages, target) for name, rest in stage.instructions if name == verb][-1]


def exec_form(stages: dict[str, Stage], target: str, verb: str) -> list[str]:
    """The words of an instruction in its JSON form, whatever options precede it."""
    words: list[str] = json.loads(re.search(r"\[.*\]", value(stages, target, verb))[0])  # type: ignore[index]
    return words


def environment(stages: dict[str, Stage], target: str) -> dict[str, str]:
    """ENV of the target's chain, and nothing of this machine but where programs lie."""
    found = {"PATH": f"{sys.base_prefix}/bin:/usr/bin:/bin"}
    for stage in chain(stages, target):
        for verb, rest in stage.instructions:
            if verb == "ENV":
                for pair in shlex.split(rest):
                    name, _, said = pair.partition("=")
                    found[name] = said.replace("$PATH", found["PATH"])
    return found


class Builder:
    """`root` stands for `/`; the context is what .dockerignore leaves of `source`."""

    def __init__(self, source: Path, root: Path) -> None:
        self.source, self.root = source, root
        self.stages = parse((source / "Dockerfile").read_text())
        self._ignored = [
            line for line in (source / ".dockerignore").read_text().split("\n") if line and line[0] != "#"
        ]
        self._done: set[str] = set()

    def inside(self, text: str) -> str:
        """The text with the image's paths replaced by those in `root`, and its Python by this one."""
        text = text.replace("/usr/local/bin/python", f"{sys.base_prefix}/bin/python3")
        return re.sub(r"(?<![\w.])/(build|opt)(?=/)", rf"{self.root}/\1", text)

    def build(self, target: str) -> None:
        if target in self._done or target not in self.stages:
            return
        self._done.add(target)
        stage = self.stages[target]
        self.build(stage.base)
        folder = self.root
        for verb, rest in stage.instructions:
            for needed in _STAGE_OF.findall(rest) if verb in ("COPY", "RUN") else ():
                self.build(needed)
            if verb == "COPY" and "--from=" not in rest:
                self._copy(*rest.split())
            elif verb == "RUN" and "apt-get" not in rest:
                self._run(re.sub(r"--mount=\S+\s+", "", rest), target)
            elif verb == "COPY":
                self._copy_built(*rest.split()[1:])
            elif verb == "WORKDIR":
                folder = Path(self.inside(rest + "/"))
                folder.mkdir(parents=True, exist_ok=True)

    def _run(self, command: str, target: str) -> None:
        variables = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        variables |= {name: self.inside(said) for name, said in environment(self.stages, target).items()}
        variables.pop("PIP_NO_CACHE_DIR", None)  # keeps an image small; here it would only fetch all again
        workdir = Path(self.inside(value(self.stages, target, "WORKDIR") + "/"))
        done = subprocess.run(
            ["/bin/sh", "-ec", self.inside(command)],
            cwd=workdir, env=variables, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"

    def _copy(self, *words: str) -> None:
        *sources, target = words
        for file in self._context():
            for source in sources:
                if file == Path(source) or Path(source) in file.parents:
                    relative = file.relative_to(source) if len(sources) == 1 else Path(file.name)
                    place = self.root / "build/source" / target / relative
                    place.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(self.source / file, place)

    def _copy_built(self, source: str, target: str) -> None:
        """All stages share `root`: a path copied onto itself is there already."""
        if source != target:
            shutil.copy(self.inside(source), self.inside(target))

    def _context(self) -> Iterator[Path]:
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=self.source, check=True, capture_output=True, text=True,
        )  # fmt: skip
        return (Path(line) for line in listed.stdout.splitlines() if not self._is_ignored(Path(line)))

    def _is_ignored(self, file: Path) -> bool:
        """The last pattern that matches the file or a folder above it decides."""
        ignored = False
        for pattern in self._ignored:
            wanted = pattern.removeprefix("!")
            names = [str(path) for path in (file, *file.parents)]
            flat = [*names, *(f"x/{name}" for name in names)] if wanted.startswith("**/") else names
            if any(fnmatch.fnmatchcase(name, wanted) for name in flat):
                ignored = not pattern.startswith("!")
        return ignored
