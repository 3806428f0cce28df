"""Pictures of captures for an operator who has to keep some: sealed, for a while, off by default.

A file a picture, `<capture>.<number>.sealed`; replicas share the folder, so that erasing reaches every one.
"""

import asyncio
import glob
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import cv2
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from pydantic import BaseModel, ConfigDict, Field

from model.clip import Frame
from service.errors import AuditError
from service.keys import write_private_bytes
from service.sealing import SealError, public_key, seal

SUFFIX: Final = ".sealed"
_LOOK_SECONDS: Final = 60.0  # between two looks for pictures whose time is over
_QUALITY: Final = (cv2.IMWRITE_JPEG_QUALITY, 90)

_log = logging.getLogger(__name__)


class ImageRules(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    folder: Path | None = Field(default=None, description="where sealed pictures go; none are kept without")
    public_key: str | None = Field(default=None, description="as `python -m service keys sealing` prints it")
    seconds: float = Field(default=604_800, gt=0, description="how long they are kept")
    count: int = Field(default=4, ge=1, le=32, description="pictures of a capture")


class AuditImages:
    """Made by `open_audit_images`; without a folder it keeps nothing."""

    def __init__(self, rules: ImageRules, key: X25519PublicKey | None) -> None:
        self._folder, self._key, self._seconds = rules.folder, key, rules.seconds
        self.count = rules.count if key is not None else 0  # pictures wanted of a capture

    async def keep(self, capture: str, pictures: Sequence[bytes]) -> int:
        """How many JPEGs were written. What cannot be written is said in the log, and no verdict fails."""
        if self._folder is None or self._key is None or not pictures:
            return 0
        try:
            return await asyncio.to_thread(self._write, self._folder, self._key, capture, pictures)
        except OSError as error:
            _log.error("audit images cannot be written: %s", error.strerror)
            return 0

    async def erase(self, capture: str) -> None:
        if self._folder is not None:
            kept = self._folder.glob(f"{glob.escape(capture)}.*{SUFFIX}")  # of another count, too
            await asyncio.to_thread(_unlink, list(kept))

    def erase_old(self, now: float) -> None:
        """Those whose time is over."""
        if self._folder is None:
            return
        for path in self._folder.glob(f"*{SUFFIX}"):
            with suppress(FileNotFoundError):  # another replica was faster
                if path.stat().st_mtime <= now - self._seconds:
                    path.unlink()

    def _write(self, folder: Path, key: X25519PublicKey, capture: str, pictures: Sequence[bytes]) -> int:
        for number, picture in enumerate(pictures[: self.count]):
            name = f"{capture}.{number}"
            write_private_bytes(folder / f"{name}{SUFFIX}", seal(picture, name, key))
        return min(len(pictures), self.count)


@asynccontextmanager
async def open_audit_images(rules: ImageRules) -> AsyncIterator[AuditImages]:
    """Raises AuditError."""
    images = AuditImages(rules, _checked(rules))
    looking = asyncio.create_task(_look(images))
    try:
        yield images
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


def jpegs_of(frames: Sequence[Frame], count: int) -> list[bytes]:
    """So many of the frames, evenly spread."""
    most = min(count, len(frames))
    chosen = (frames[i * len(frames) // most] for i in range(most))
    return [cv2.imencode(".jpg", frame.pixels_HW3[..., ::-1], _QUALITY)[1].tobytes() for frame in chosen]


async def _look(images: AuditImages) -> None:
    while True:
        try:
            await asyncio.to_thread(images.erase_old, time.time())
        except OSError as error:
            _log.error("old audit images cannot be erased: %s", error.strerror)
        await asyncio.sleep(_LOOK_SECONDS)


def _checked(rules: ImageRules) -> X25519PublicKey | None:
    if rules.folder is None:
        return None
    if rules.public_key is None:
        raise AuditError(
            "LIVENESS_AUDIT_IMAGES__FOLDER needs LIVENESS_AUDIT_IMAGES__PUBLIC_KEY: pictures are kept sealed "
            "or not at all; `python -m service keys sealing --file private.pem` makes a pair"
        )
    try:
        rules.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return public_key(rules.public_key)
    except OSError as error:
        raise AuditError(f"LIVENESS_AUDIT_IMAGES__FOLDER: {rules.folder}: {error.strerror}") from error
    except SealError as error:
        raise AuditError(f"LIVENESS_AUDIT_IMAGES__PUBLIC_KEY: {error}") from error


def _unlink(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
