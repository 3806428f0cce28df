"""Bytes that whoever seals them cannot open: HPKE (RFC 9180) for the operator's X25519 key."""

import base64
import binascii
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class SealError(ValueError):
    """A key that is none, or a seal that this key does not open."""


def new_key() -> tuple[str, str]:
    """The private key as PEM, for the operator, and the public one in base64url, for the service."""
    key = X25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return private, base64.urlsafe_b64encode(key.public_key().public_bytes_raw()).decode()


def public_key(text: str) -> X25519PublicKey:
    """Raises SealError."""
    try:
        return X25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(text))
    except (ValueError, binascii.Error) as error:
        raise SealError("not a public key of `python -m service keys sealing`") from error


def read_private_key(path: Path) -> X25519PrivateKey:
    """Raises SealError, OSError."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise SealError(f"{path} holds no private key") from error
    if not isinstance(key, X25519PrivateKey):
        raise SealError(f"{path} holds a key of another kind")
    return key


def seal(data: bytes, name: str, key: X25519PublicKey) -> bytes:
    """Bound to its name: under another one it does not open."""
    return _SUITE.encrypt(data, key, info=name.encode())


def unseal(sealed: bytes, name: str, key: X25519PrivateKey) -> bytes:
    """Raises SealError."""
    try:
        return _SUITE.decrypt(sealed, key, info=name.encode())
    except (InvalidTag, ValueError) as error:
        raise SealError(f"{name}: sealed for another key, renamed or changed") from error
