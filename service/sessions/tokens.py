"""What a session's client shows: a JWT (RFC 7519) good for one stream of one session.

Any replica verifies it without a look-up. Keys are a JWK set (RFC 7517): the first signs, all verify, so that
a new key is put in front while tokens of the old one are still about. Each key belongs to one algorithm,
HS256 or EdDSA: what a token's header asks for decides nothing but which key is tried.
"""

import base64
import hashlib
import hmac
import json
import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jwt
from jwt import PyJWK

from service.errors import TokenKeysError
from service.stream.closes import Fault

AUDIENCE: Final = "liveness.v1"
STREAM: Final = "stream"
RESUME: Final = "resume"
_ALGORITHMS: Final = ("HS256", "EdDSA")
_CLAIMS: Final = ("exp", "aud", "sid", "jti", "scope")
_SECRET_BYTES: Final = 32


class TokenRefused(Exception):  # noqa: N818 - it is called what it says
    """A token that opens nothing: TOKEN_INVALID, EXPIRED or SCOPE."""

    def __init__(self, fault: Fault, message: str) -> None:
        super().__init__(message)
        self.fault, self.message = fault, message


@dataclass(frozen=True, slots=True)
class Claims:
    session_id: str
    token_id: str
    scope: str


class TokenRing:
    """Signs and verifies. Raises TokenKeysError where a key cannot be used."""

    def __init__(self, keys: Sequence[dict[str, Any]]) -> None:
        if not keys:
            raise TokenKeysError("LIVENESS_TOKEN_KEYS_FILE holds no key")
        self._keys = {str(key.get("kid")): _checked(key) for key in keys}
        self._signs = next(iter(self._keys))
        self._pseudonyms = hashlib.sha256(json.dumps(keys[0], sort_keys=True).encode()).digest()

    @classmethod
    def read(cls, path: Path) -> "TokenRing":
        return cls(read_jwk_set(path))

    @classmethod
    def of_this_process(cls) -> "TokenRing":
        """For a single replica: its tokens end with it, as its sessions do."""
        return cls([new_token_key()])

    def sign(self, session_id: str, token_id: str, *, expires: float, scope: str = STREAM) -> str:
        """The same arguments give the same token."""
        key = self._keys[self._signs]
        claims = {
            "aud": AUDIENCE, "sid": session_id, "jti": token_id, "exp": math.ceil(expires), "scope": scope
        }  # fmt: skip
        return jwt.encode(claims, key.key, key.algorithm_name, headers={"kid": self._signs})

    def verify(self, token: str, *, scope: str = STREAM) -> Claims:
        """Raises TokenRefused."""
        try:
            key = self._keys[str(jwt.get_unverified_header(token).get("kid"))]
            said = jwt.decode(
                token,
                key.key,
                algorithms=[key.algorithm_name],
                audience=AUDIENCE,
                options={"require": list(_CLAIMS)},
            )
        except jwt.ExpiredSignatureError as error:
            raise TokenRefused(Fault.EXPIRED, "this token has expired: ask for a new session") from error
        except (jwt.InvalidTokenError, KeyError) as error:
            raise TokenRefused(Fault.TOKEN_INVALID, "this is no token of this service") from error
        if said["scope"] != scope:
            raise TokenRefused(Fault.SCOPE, f"this token is not to {scope}")
        return Claims(str(said["sid"]), str(said["jti"]), scope)

    def pseudonym(self, text: str) -> str:
        """A name that only this deployment can make from `text`: subjects and devices are kept as these."""
        return hmac.new(self._pseudonyms, text.encode(), hashlib.sha256).hexdigest()[:32]


def read_jwk_set(path: Path) -> list[dict[str, Any]]:
    """The keys of the file, unchecked. Raises TokenKeysError."""
    try:
        return list(json.loads(path.read_text())["keys"])
    except OSError as error:
        raise TokenKeysError(f"LIVENESS_TOKEN_KEYS_FILE: {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise TokenKeysError(f"LIVENESS_TOKEN_KEYS_FILE: {path} is no JWK set") from error


def new_token_key() -> dict[str, Any]:
    """An HS256 key as a JWK."""
    secret = base64.urlsafe_b64encode(secrets.token_bytes(_SECRET_BYTES)).rstrip(b"=").decode()
    return {"kty": "oct", "alg": "HS256", "kid": secrets.token_hex(6), "k": secret}


def _checked(key: dict[str, Any]) -> PyJWK:
    """Raises TokenKeysError."""
    kid = key.get("kid")
    if not kid or key.get("alg") not in _ALGORITHMS:
        raise TokenKeysError(f"LIVENESS_TOKEN_KEYS_FILE: every key needs a kid and an alg of {_ALGORITHMS}")
    try:
        made = PyJWK.from_dict(key)
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise TokenKeysError(f"LIVENESS_TOKEN_KEYS_FILE: the key {kid} cannot be used: {error}") from error
    if made.algorithm_name == "HS256" and len(made.key) < _SECRET_BYTES:
        raise TokenKeysError(f"LIVENESS_TOKEN_KEYS_FILE: the key {kid} is shorter than {_SECRET_BYTES} bytes")
    if made.algorithm_name == "EdDSA" and "d" not in key:
        raise TokenKeysError(f"LIVENESS_TOKEN_KEYS_FILE: the key {kid} has no private part (d)")
    return made
