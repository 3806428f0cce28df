"""Audit images: off unless asked for, sealed for the operator, gone with DELETE and with their time."""

import asyncio
import os
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from service.__main__ import main
from service.audit_images import ImageRules, open_audit_images
from service.errors import AuditError
from service.keys import write_private_bytes
from service.sealing import SealError, new_key, public_key, read_private_key, seal, unseal
from service.stream.spread import Spread
from tests.service import videos
from tests.service.serving import called_directly, fresh, on_a_socket
from tests.service.sessions.clients import create, upgraded
from tests.service.stream.talking import Talker, person

JPEG, JFIF = b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\x00\x10JFIF"  # three bytes come up by chance


@dataclass
class Kept:
    client: httpx.Client
    folder: Path
    private: Path

    def sealed(self, capture: str, *, count: int) -> list[Path]:
        """They are written, or erased, once the client is gone."""
        for _ in range(200):
            found = sorted(self.folder.glob(f"{capture}.*.sealed"))
            if len(found) == count:
                return found
            time.sleep(0.05)
        raise AssertionError(f"{len(found)} sealed pictures, not {count}")

    def opened(self, files: list[Path], to: Path, key: Path | None = None) -> int:
        names = [str(file) for file in files]
        return main(["open-images", *names, "--key", str(key or self.private), "--to", str(to)])


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    home = tmp_path_factory.mktemp("images")
    private, public = new_key()
    (home / "private.pem").write_text(private)
    rules = ImageRules(folder=home / "sealed", public_key=public, count=3)
    with on_a_socket(fresh(audit_images=rules)) as client:
        yield Kept(client, home / "sealed", home / "private.pem")


def streamed(client: httpx.Client, frames: list[bytes]) -> str:
    made = create(client)
    with upgraded(made["ws_url"], made["client_token"]) as socket:
        talker = Talker(socket)
        talker.begin()
        talker.send_patiently(frames)
        talker.finish()
    return str(made["session_id"])


def test_a_sessions_pictures_are_sealed_opened_by_their_operator_and_erased_with_it(
    kept: Kept, tmp_path: Path
) -> None:
    frames = person(16)
    session = streamed(kept.client, frames)
    files = kept.sealed(session, count=3)
    assert not any(JFIF in file.read_bytes() for file in files)
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)
    assert kept.opened(files, tmp_path) == 0
    assert {file.read_bytes() for file in tmp_path.glob("*.jpg")} < set(frames)
    assert kept.client.delete(f"/v1/sessions/{session}").status_code == 204
    assert kept.sealed(session, count=0) == []


def test_a_clips_pictures_are_named_by_its_digest(kept: Kept, tmp_path: Path) -> None:
    digest = kept.client.post("/v1/liveness", content=videos.person(12)).json()["digest"]
    files = kept.sealed(f"clip-{digest.removeprefix('sha256:')}", count=3)
    assert kept.opened(files, tmp_path) == 0
    assert all(file.read_bytes().startswith(JPEG) for file in tmp_path.iterdir())


def test_another_key_or_name_opens_nothing(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "other.pem").write_text(new_key()[0])
    file = kept.folder / "a.0.sealed"
    key = read_private_key(kept.private)
    file.write_bytes(seal(JPEG, "a.0", key.public_key()))
    assert kept.opened([file], tmp_path / "to", tmp_path / "other.pem") == 2
    assert kept.opened([file.rename(kept.folder / "b.0.sealed")], tmp_path / "to") == 2
    assert not list((tmp_path / "to").iterdir())
    with pytest.raises(SealError):
        unseal(b"short", "a", key)


def test_pictures_go_when_their_time_is_over(tmp_path: Path) -> None:
    async def use() -> list[str]:
        rules = ImageRules(folder=tmp_path, public_key=new_key()[1], seconds=100)
        async with open_audit_images(rules) as images:
            assert await images.keep("new", [JPEG]) == await images.keep("old", [JPEG]) == 1
            os.utime(tmp_path / "old.0.sealed", (time.time() - 101,) * 2)
            images.erase_old(time.time())
            return [path.name for path in tmp_path.iterdir()]

    assert asyncio.run(use()) == ["new.0.sealed"]


def test_a_folder_that_is_full_fails_no_verdict(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def use() -> int:
        rules = ImageRules(folder=tmp_path / "gone", public_key=new_key()[1])
        async with open_audit_images(rules) as images:
            (tmp_path / "gone").rmdir()
            return await images.keep("a", [JPEG])

    assert asyncio.run(use()) == 0
    assert "cannot be written" in caplog.text


def test_of_a_picture_that_fits_in_part_nothing_is_left(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5, limits[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            write_private_bytes(tmp_path / "a.sealed", bytes(10_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_kept_where_nobody_asked() -> None:
    async def use() -> int:
        app = fresh()
        async with called_directly(app):
            kept: int = await app.state.runtime.images.keep("a", [JPEG])
            return kept + int(app.state.runtime.images.count)

    assert asyncio.run(use()) == 0


@pytest.mark.parametrize("given", [None, "", "c2hvcnQ=", "not base64!"])
def test_a_folder_without_a_good_key_is_refused(given: str | None, tmp_path: Path) -> None:
    async def use() -> None:
        async with open_audit_images(ImageRules(folder=tmp_path, public_key=given)):
            pass

    with pytest.raises(AuditError, match="LIVENESS_AUDIT_IMAGES__PUBLIC_KEY"):
        asyncio.run(use())


def test_the_command_makes_a_pair_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "private.pem"
    assert main(["keys", "sealing", "--file", str(file)]) == 0
    printed = capsys.readouterr().out.strip()
    assert public_key(printed) == read_private_key(file).public_key()
    assert file.stat().st_mode & 0o077 == 0
    assert main(["keys", "sealing", "--file", str(file)]) == 2
    assert "exists" in capsys.readouterr().err


@pytest.mark.parametrize("length", [0, 1, 3, 4, 17, 200])
def test_a_streams_few_pictures_are_spread_over_it(length: int) -> None:
    spread = Spread(4)
    for i in range(length):
        spread.add(memoryview(bytes([i])))
    chosen = [each[0] for each in spread.chosen()]
    assert chosen == sorted(set(chosen))
    assert len(chosen) == min(4, length)
    assert not chosen or (chosen[0] == 0 and chosen[-1] >= length // 2)
