"""A run's folder has one writer: two would mix their tables, and the later checkpoint would win."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from training.errors import TrainingError

_NAME: Final = ".writer.lock"


class FolderInUse(TrainingError):  # noqa: N818 - a state of the folder
    """Another process is at work in it."""

    code = "folder_in_use"


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Makes the folder and holds it; a process that is killed lets go of it, too. Raises FolderInUse."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / _NAME)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise FolderInUse(
            f"another process writes into {folder}: wait until it has ended, or take another folder"
        ) from error
    try:
        yield
    finally:
        lock.release()
