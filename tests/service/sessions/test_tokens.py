"""A client's token: signed, for one stream of one session, with keys that can be rotated."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from service.errors import TokenKeysError
from service.sessions.tokens import RESUME, STREAM, Claims, TokenRefused, TokenRing, new_token_key
from service.stream.closes import Fault


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def ed25519_key() -> dict[str, Any]:
    made = Ed25519PrivateKey.generate()
    private = made.private_bytes_raw()
    public = made.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {
        "kty": "OKP",
        "crv": "Ed25519",
        "alg": "EdDSA",
        "kid": "e",
        "d": base64url(private),
        "x": base64url(public),
    }


def in_a_minute() -> float:
    return time.time() + 60


def fault_of(ring: TokenRing, token: str) -> Fault:
    with pytest.raises(TokenRefused) as refused:
        ring.verify(token)
    return refused.value.fault


@pytest.mark.parametrize("key", [new_token_key(), ed25519_key()], ids=["HS256", "EdDSA"])
def test_a_token_is_verified_by_the_key_that_signed_it(key: dict[str, Any]) -> None:
    ring, expires = TokenRing([key]), in_a_minute()
    token = ring.sign("session", "token", expires=expires)
    assert ring.verify(token) == Claims("session", "token", STREAM)
    assert TokenRing([key]).sign("session", "token", expires=expires) == token


def test_a_new_key_signs_and_the_old_ones_tokens_are_good_until_it_goes() -> None:
    old, new = new_token_key(), new_token_key()
    token = TokenRing([old]).sign("s", "t", expires=in_a_minute())
    both = TokenRing([new, old])
    assert both.verify(token).session_id == "s"
    assert jwt.get_unverified_header(both.sign("s", "t", expires=in_a_minute()))["kid"] == new["kid"]
    assert fault_of(TokenRing([new]), token) is Fault.TOKEN_INVALID


def test_an_altered_resigned_unsigned_or_half_token_is_invalid() -> None:
    key, other = new_token_key(), new_token_key()
    ring = TokenRing([key])
    token = ring.sign("s", "t", expires=in_a_minute())
    header, claims, signature = token.split(".")
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    altered = base64url(json.dumps(said | {"sid": "another"}).encode())
    nothing = base64url(json.dumps({"alg": "none", "kid": key["kid"]}).encode())
    resigned = TokenRing([other | {"kid": key["kid"]}]).sign("s", "t", expires=in_a_minute())
    no_jti = jwt.encode(
        {name: value for name, value in said.items() if name != "jti"},
        base64.urlsafe_b64decode(key["k"] + "="), "HS256", headers={"kid": key["kid"]},
    )  # fmt: skip
    for each in (
        "", "x", "a.b.c", f"{header}.{altered}.{signature}", f"{nothing}.{claims}.", f"{header}.{claims}.",
        resigned, no_jti, token[:-2],
    ):  # fmt: skip
        assert fault_of(ring, each) is Fault.TOKEN_INVALID


def test_the_public_key_of_one_algorithm_is_no_secret_of_the_other() -> None:
    key = ed25519_key()
    public = base64.urlsafe_b64decode(key["x"] + "=")
    claims = {"aud": "liveness.v1", "sid": "s", "jti": "t", "exp": int(in_a_minute()), "scope": "stream"}
    confused = jwt.encode(claims, public, "HS256", headers={"kid": "e"})
    assert fault_of(TokenRing([key]), confused) is Fault.TOKEN_INVALID


def test_expired_and_meant_for_something_else_are_told_apart() -> None:
    ring = TokenRing([new_token_key()])
    assert fault_of(ring, ring.sign("s", "t", expires=time.time() - 60)) is Fault.EXPIRED
    assert fault_of(ring, ring.sign("s", "t", expires=in_a_minute(), scope=RESUME)) is Fault.SCOPE


@pytest.mark.parametrize(
    "content",
    [
        "", "[]", '{"keys": []}', '{"keys": [{"kid": "a", "alg": "none", "kty": "oct", "k": ""}]}',
        '{"keys": [{"kid": "a", "alg": "HS256", "kty": "oct", "k": "c2hvcnQ"}]}',
        '{"keys": [{"alg": "HS256", "kty": "oct", "k": "c2hvcnQ"}]}',
    ],
)  # fmt: skip
def test_keys_that_are_missing_short_or_for_another_algorithm_are_refused(
    content: str, tmp_path: Path
) -> None:
    path = tmp_path / "tokens.json"
    path.write_text(content)
    with pytest.raises(TokenKeysError, match="LIVENESS_TOKEN_KEYS_FILE"):
        TokenRing.read(path)


def test_a_pseudonym_needs_the_deployments_key() -> None:
    key = new_token_key()
    assert TokenRing([key]).pseudonym("anna") == TokenRing([key]).pseudonym("anna")
    assert TokenRing([key]).pseudonym("anna") != TokenRing([new_token_key()]).pseudonym("anna")
