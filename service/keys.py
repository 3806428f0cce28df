"""API keys: what a backend shows to be let in. Only hashes are kept, in one JSON file.

A key reads `lvk_<id>_<secret>`. The secret has 256 random bits, so that one SHA-256 keeps it: the slow hashes
that passwords need would only slow down every request.
"""

import hashlib
import hmac
import os
import secrets
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from service.errors import KeyFileError

PREFIX: Final = "lvk"
ACTIVE_AT_ONCE: Final = 2  # the old and the new one, while a backend changes over


class Scope(StrEnum):
    """What a key allows."""

    LIVENESS_CHECK = "liveness:check"  # judge clips
    SESSIONS_WRITE = "sessions:write"  # make and erase sessions, see their state
    RESULTS_READ = "results:read"  # read a session's score and everything that decided


class ApiKey(BaseModel):
    """One key as it lies in the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[0-9a-f]{12}$")
    name: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    scopes: frozenset[Scope] = Field(min_length=1)
    created: datetime
    expires: datetime | None = None
    revoked: datetime | None = None

    def active(self, now: datetime) -> bool:
        return self.revoked is None and (self.expires is None or now < self.expires)


class KeyRing(BaseModel):
    """All keys of a deployment; a value, whose changes are new values."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    keys: tuple[ApiKey, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises KeyFileError, which says what to do."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            raise KeyFileError(
                f"LIVENESS_KEYS_FILE: {path} cannot be read ({error.strerror}); "
                f"`python -m service keys new NAME --file {path}` makes it"
            ) from error
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"])
            raise KeyFileError(
                f"LIVENESS_KEYS_FILE: {path} is no key file ({where}: {error.errors()[0]['msg']})"
            ) from error

    def write(self, path: Path) -> None:
        write_private(path, self.model_dump_json(indent=1, exclude_none=True) + "\n")

    def with_new(
        self, name: str, scopes: frozenset[Scope], *, expires: datetime | None = None
    ) -> tuple[Self, str]:
        """The ring with one more key, and the key's text, which exists nowhere else.

        Raises ValueError where two keys of that name and those scopes are active already.
        """
        now = datetime.now(UTC)
        same = [key for key in self.keys if (key.name, key.scopes) == (name, scopes) and key.active(now)]
        if len(same) >= ACTIVE_AT_ONCE:
            ids = " and ".join(key.id for key in same)
            raise ValueError(
                f"{name} already has two active keys with these scopes ({ids}): revoke one first"
            )
        key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        made = ApiKey(
            id=key_id, name=name, sha256=_digest(secret), scopes=scopes, created=now, expires=expires
        )
        return self.model_copy(update={"keys": (*self.keys, made)}), f"{PREFIX}_{key_id}_{secret}"

    def without(self, key_id: str) -> Self:
        """The ring with that key revoked. Raises KeyError where there is none."""
        if key_id not in {key.id for key in self.keys}:
            raise KeyError(key_id)
        now = datetime.now(UTC)
        changed = tuple(
            key.model_copy(update={"revoked": key.revoked or now}) if key.id == key_id else key
            for key in self.keys
        )
        return self.model_copy(update={"keys": changed})

    def find(self, text: str) -> ApiKey | None:
        """The active key that `text` is, compared in constant time."""
        prefix, _, rest = text.partition("_")
        key_id, _, secret = rest.partition("_")
        known = next((key for key in self.keys if key.id == key_id), None)
        kept = known.sha256 if known else _digest("")  # a stranger's id takes as long as a known one
        same = hmac.compare_digest(_digest(secret), kept)
        if known is None or not same or prefix != PREFIX or not known.active(datetime.now(UTC)):
            return None
        return known


def write_private(path: Path, text: str) -> None:
    """In one step, readable by its owner alone."""
    write_private_bytes(path, text.encode())


def write_private_bytes(path: Path, data: bytes) -> None:
    """In one step, readable by its owner alone. Raises OSError."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)  # where the disk is full a part of it is there


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
