"""Which clips `check` was given, and where their strips go."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

_VIDEOS: Final = frozenset({".mp4", ".m4v", ".mov", ".webm", ".mkv"})


def find_clips(given: Sequence[Path]) -> list[Path]:
    """The files, and the videos in the folders. Raises FileNotFoundError for what is neither."""
    clips: list[Path] = []
    for path in given:
        inside = [file for file in sorted(path.rglob("*")) if file.suffix.lower() in _VIDEOS]
        found = [path] if path.is_file() else inside
        if not found:
            raise FileNotFoundError(f"{path} is neither a file nor a folder with videos")
        clips += found
    return clips


def strip_names(given: Path, clips: Sequence[Path]) -> dict[Path, Path]:
    """Where each clip's strip goes: the file itself for one clip, else a folder. Raises ValueError."""
    if len(clips) == 1 and given.suffix:
        return {clips[0]: given}
    if given.suffix:
        raise ValueError(f"--strip {given} is one file, there are {len(clips)} clips: name a folder")
    given.mkdir(parents=True, exist_ok=True)
    names = {clip: given / f"{clip.stem}.png" for clip in clips}
    if len(set(names.values())) == len(clips):
        return names
    return {clip: given / f"{'-'.join(clip.with_suffix('').parts[-2:])}.png" for clip in clips}
