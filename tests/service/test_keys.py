"""API keys: kept as hashes, with scopes, two at a time, let in before a body is read."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.__main__ import main
from service.access import KeyAccess, check_address
from service.errors import KeyFileError, OpenAddress, Unauthorized
from service.keys import KeyRing, Scope
from tests.service.serving import called_directly, fresh

ALL = frozenset(Scope)


def ring_with(*names: str) -> tuple[KeyRing, list[str]]:
    ring, texts = KeyRing(), []
    for name in names:
        ring, text = ring.with_new(name, ALL)
        texts.append(text)
    return ring, texts


def test_a_key_is_found_by_its_whole_text_only() -> None:
    ring, (text,) = ring_with("shop")
    found = ring.find(text)
    assert found is not None
    assert found.name == "shop"
    prefix, key_id, secret = text.split("_", 2)
    for other in (
        "", "lvk", key_id, secret, f"lvk_{key_id}_", f"lvk_{key_id}_{secret}x", f"lvk_{key_id}_{secret[:-1]}",
        f"xyz_{key_id}_{secret}", f"{prefix}_{'0' * 12}_{secret}",
    ):  # fmt: skip
        assert ring.find(other) is None


def test_the_file_keeps_no_secret_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    ring, (text,) = ring_with("shop")
    path = tmp_path / "keys.json"
    ring.write(path)
    assert text.split("_", 2)[2] not in path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    assert KeyRing.read(path).find(text) is not None
    assert list(tmp_path.iterdir()) == [path]


def test_a_third_active_key_of_a_name_is_refused_until_one_is_revoked() -> None:
    ring, texts = ring_with("shop", "shop")
    with pytest.raises(ValueError, match="revoke one first"):
        ring.with_new("shop", ALL)
    ring, third = ring.without(texts[0].split("_")[1]).with_new("shop", ALL)
    assert ring.find(texts[0]) is None
    assert ring.find(texts[1]) is not None
    assert ring.find(third) is not None


def test_an_expired_key_is_not_found() -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    ring, text = KeyRing().with_new("shop", ALL, expires=past)
    assert ring.find(text) is None


@pytest.mark.parametrize("content", ["", "{}x", '{"keys": [{"id": "1"}]}', '{"key": []}'])
def test_a_broken_file_is_refused_by_its_name(content: str, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    with pytest.raises(KeyFileError, match=r"LIVENESS_KEYS_FILE: .*keys\.json"):
        KeyRing.read(path)


def test_a_missing_file_is_refused_with_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="keys new"):
        KeyAccess(tmp_path / "keys.json")


def test_a_backend_changes_over_to_a_new_key_without_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    ring, (old,) = ring_with("shop")
    ring.write(path)
    access = KeyAccess(path)

    def admitted(key: str) -> str:
        return asyncio.run(access.admit({"authorization": f"Bearer {key}"})).name

    ring, new = ring.with_new("shop", ALL)
    ring.write(path)
    assert admitted(old) == admitted(new) == "shop"
    ring.without(old.split("_")[1]).write(path)
    assert admitted(new) == "shop"
    with pytest.raises(Unauthorized):
        admitted(old)


def test_a_running_service_hears_of_a_revoked_key_and_survives_a_broken_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    ring, (text, other) = ring_with("shop", "bank")
    ring.write(path)
    access = KeyAccess(path)

    def admitted(key: str) -> str:
        return asyncio.run(access.admit({"authorization": f"Bearer {key}"})).name

    assert admitted(text) == "shop"
    ring.without(text.split("_")[1]).write(path)
    with pytest.raises(Unauthorized):
        admitted(text)
    path.write_text("half a fi")
    assert admitted(other) == "bank"


def test_who_has_no_key_or_too_small_a_one_is_told_so_before_the_body_is_read(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    ring, text = KeyRing().with_new("reader", frozenset({Scope.RESULTS_READ}))
    ring, good = ring.with_new("shop", ALL)
    ring.write(path)

    async def never() -> None:
        raise AssertionError("the body was read")
        yield b""

    async def use() -> None:
        async with called_directly(fresh(keys_file=path)) as client:
            for headers, status, code, challenge in (
                ({}, 401, "unauthorized", 'Bearer realm="liveness"'),
                ({"Authorization": "Basic eDp5"}, 401, "unauthorized", 'Bearer realm="liveness"'),
                ({"Authorization": "Bearer lvk_1_2"}, 401, "unauthorized", 'error="invalid_token"'),
                ({"Authorization": f"Bearer {text}"}, 403, "forbidden", 'scope="liveness:check"'),
            ):
                answer = await client.post("/v1/liveness", content=never(), headers=headers)
                assert (answer.status_code, answer.json()["code"]) == (status, code)
                assert challenge in answer.headers["www-authenticate"]
                assert answer.headers["content-type"] == "application/problem+json"
            let_in = await client.post(
                "/v1/liveness", content=b"", headers={"Authorization": f"Bearer {good}"}
            )
            assert let_in.json()["code"] == "empty_body"
            assert (await client.get("/readyz")).status_code == 200

    asyncio.run(use())


def test_an_open_address_is_refused_with_the_command_that_makes_a_key() -> None:
    with pytest.raises(OpenAddress, match="keys new"):
        check_address("0.0.0.0", allow_open=False)


def test_without_keys_even_loopback_is_said_loudly(caplog: pytest.LogCaptureFixture) -> None:
    check_address("127.0.0.1", allow_open=False)
    assert "OPEN" in caplog.text


def test_the_command_makes_lists_and_revokes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = ["--file", str(tmp_path / "keys.json")]
    assert main(["keys", "new", "shop", "--scope", "sessions:write", "--days", "90", *file]) == 0
    text = capsys.readouterr().out.strip()
    found = KeyRing.read(tmp_path / "keys.json").find(text)
    assert found is not None
    assert found.scopes == {Scope.SESSIONS_WRITE}
    assert main(["keys", "list", *file]) == 0
    listed = capsys.readouterr().out
    assert found.id in listed
    assert "active" in listed
    assert text not in listed
    assert main(["keys", "revoke", found.id, *file]) == 0
    capsys.readouterr()
    assert main(["keys", "list", *file]) == 0
    assert "revoked" in capsys.readouterr().out
    assert main(["keys", "revoke", "0" * 12, *file]) == 2
    assert "keys list" in capsys.readouterr().err


def test_the_command_says_which_file_it_needs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LIVENESS_KEYS_FILE", raising=False)
    assert main(["keys", "list"]) == 2
    assert "LIVENESS_KEYS_FILE" in capsys.readouterr().err


def test_a_key_for_no_day_and_a_file_that_is_no_jwk_set_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["keys", "new", "shop", "--days", "0", "--file", str(tmp_path / "keys.json")])
    assert "a day or more" in capsys.readouterr().err
    (tmp_path / "tokens.json").write_text("{}")
    assert main(["keys", "signing", "--file", str(tmp_path / "tokens.json")]) == 2
    assert "is no JWK set" in capsys.readouterr().err


def test_a_token_key_is_made_prepared_and_put_in_front(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "tokens.json"

    def kids() -> list[str]:
        return [key["kid"] for key in json.loads(path.read_text())["keys"]]

    assert main(["keys", "signing", "--prepare", "--file", str(path)]) == 2
    assert "nothing to prepare" in capsys.readouterr().err
    assert main(["keys", "signing", "--file", str(path)]) == 0
    (first,) = kids()
    assert main(["keys", "signing", "--prepare", "--file", str(path)]) == 0
    second = kids()[1]
    assert kids() == [first, second]
    assert main(["keys", "signing", "--file", str(path)]) == 0
    assert kids() == [second, first]
    assert main(["keys", "signing", "--file", str(path)]) == 0
    assert kids()[1] == second
    assert path.stat().st_mode & 0o077 == 0
