"""Single files of a git repository at a pinned commit, without the rest of it.

The history comes without contents (a partial clone); each file is fetched when it is asked for and moved into
place whole. Killed at any time, the same call goes on.
"""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from training.synthesis.library import MissingAssetsError


@dataclass(frozen=True, slots=True)
class GitSource:
    """A repository at a commit (full or abbreviated), and the folder that keeps its clone."""

    url: str
    commit: str
    clone: Path

    def files(self, folder: str) -> tuple[str, ...]:
        """Paths below a folder of the repository. Raises MissingAssetsError."""
        self._ready()
        listed = self._git("ls-tree", "-r", "--name-only", "-z", self.commit, f"{folder}/")
        return tuple(name for name in listed.decode().split("\0") if name)

    def fetch(self, wanted: Mapping[str, Path]) -> None:
        """Writes files of the repository to the paths given, unless they are there.

        Raises MissingAssetsError.
        """
        missing = {name: path for name, path in wanted.items() if not path.exists()}
        if not missing:
            return
        self._ready()
        for name, path in tqdm(missing.items(), desc=f"fetching {self._name}", unit="file"):
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_name(f"{path.name}.partial")
            partial.write_bytes(self._git("cat-file", "blob", f"{self.commit}:{name}"))
            partial.rename(path)

    @property
    def _name(self) -> str:
        return self.url.rstrip("/").rpartition("/")[2]

    def _ready(self) -> None:
        """The commit is in the clone."""
        if not (self.clone / "HEAD").exists():
            self.clone.mkdir(parents=True, exist_ok=True)
            self._git("init", "--quiet", "--bare")
        if not self._has_commit():
            branches = "+refs/heads/*:refs/remotes/origin/*"
            self._git("fetch", "--progress", "--filter=blob:none", self._remote(), branches, show=True)
        if not self._has_commit():
            raise MissingAssetsError(f"{self.url} has no commit {self.commit}: its history was rewritten")

    def _remote(self) -> str:
        """The remote's name; it must be configured, so that contents can be asked for later."""
        self._git("config", "remote.origin.url", self.url)
        self._git("config", "remote.origin.promisor", "true")
        self._git("config", "remote.origin.partialclonefilter", "blob:none")
        return "origin"

    def _has_commit(self) -> bool:
        # Without asking the remote: it is not to be bothered for a commit that is not there yet.
        quiet = os.environ | {"GIT_NO_LAZY_FETCH": "1"}
        command = [
            "git",
            "-C",
            str(self.clone),
            "rev-parse",
            "--quiet",
            "--verify",
            f"{self.commit}^{{commit}}",
        ]
        return self._run(command, quiet, check=False, show=False).returncode == 0

    def _git(self, *arguments: str, show: bool = False) -> bytes:
        never_ask = os.environ | {"GIT_TERMINAL_PROMPT": "0"}
        return self._run(["git", "-C", str(self.clone), *arguments], never_ask, check=True, show=show).stdout

    def _run(
        self, command: list[str], environment: Mapping[str, str], *, check: bool, show: bool
    ) -> subprocess.CompletedProcess[bytes]:
        """With `show`, git's own progress goes to the terminal, and its complaint with it."""
        try:
            return subprocess.run(
                command,
                check=check,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=None if show else subprocess.PIPE,
            )
        except FileNotFoundError as error:
            raise MissingAssetsError("git is needed to fetch assets: install it") from error
        except subprocess.CalledProcessError as error:
            said = (error.stderr or b"see above").decode(errors="replace").strip().rpartition("\n")[2]
            raise MissingAssetsError(
                f"{self.url} at {self.commit} could not be fetched ({said}). What is fetched is kept: the "
                "same command goes on; or download it elsewhere and give the folder with --assets"
            ) from error
