"""The audit: one chained line an event; it says where it was tampered with, and nothing of faces or keys."""

import json
import resource
from collections.abc import Callable
from pathlib import Path

import pytest

from service.__main__ import main
from service.audit import AuditEvent, AuditFile, BrokenChain, verify
from service.errors import AuditError
from service.keys import KeyRing, Scope
from tests.service import videos
from tests.service.serving import fresh, on_a_socket
from tests.service.sessions.clients import closing, create, greeted, refusal, upgraded


def written(path: Path, count: int) -> list[str]:
    audit = AuditFile(path)
    for i in range(count):
        audit.record(AuditEvent.SESSION_CREATED, session=f"s{i}")
    audit.close()
    return path.read_text().splitlines()


def test_a_chain_is_whole_and_goes_on_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    written(path, 3)
    lines = written(path, 2)
    assert verify(path) == (5, json.loads(lines[-1])["hash"])
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("tamper", "line"),
    [
        (lambda lines: [lines[0], lines[1].replace("s1", "s9"), *lines[2:]], 2),
        (lambda lines: lines[1:], 1),
        (lambda lines: [*lines[:2], *lines[3:]], 3),
        (lambda lines: [lines[0], lines[2], lines[1], lines[3]], 2),
        (lambda lines: [*lines[:3], lines[3][:-9]], 4),
        (lambda lines: [*lines, lines[0]], 5),
        (lambda lines: [*lines[:2], "[]", *lines[3:]], 3),
    ],
    ids=["changed", "first gone", "one gone", "swapped", "cut off", "added", "no object"],
)
def test_the_first_line_that_was_tampered_with_is_named(
    tamper: Callable[[list[str]], list[str]], line: int, tmp_path: Path
) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_text("\n".join(tamper(written(path, 4))) + "\n")
    with pytest.raises(BrokenChain) as broken:
        verify(path)
    assert broken.value.line == line


def test_a_full_disk_breaks_neither_the_service_nor_the_chain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "audit.jsonl"
    audit = AuditFile(path)
    audit.record(AuditEvent.SESSION_CREATED, session="s0")
    with open("/dev/full", "wb", buffering=0) as full, monkeypatch.context() as patch:
        patch.setattr(audit, "_file", full)
        audit.record(AuditEvent.SESSION_CREATED, session="s1")
    audit.record(AuditEvent.SESSION_CREATED, session="s2")
    audit.close()
    assert "cannot be written" in caplog.text
    assert verify(path)[0] == 2


def test_of_a_line_that_fits_in_part_nothing_is_left(tmp_path: Path) -> None:
    """As when a disk fills: the file may grow by a part of the line."""
    path = tmp_path / "audit.jsonl"
    written(path, 2)
    audit, limit = AuditFile(path), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 40, limit[1]))
    try:
        audit.record(AuditEvent.SESSION_CREATED, session="s2")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    audit.record(AuditEvent.SESSION_CREATED, session="s3")
    audit.close()
    assert verify(path)[0] == 3


def test_who_has_no_good_token_writes_no_line(tmp_path: Path) -> None:
    audit = tmp_path / "audit.jsonl"
    with on_a_socket(fresh(audit_file=audit)) as client:
        url = f"{str(client.base_url).replace('http', 'ws').rstrip('/')}/v1/sessions/{'%01' * 500}/stream"
        assert refusal(url, "x.y.z") == ("token_invalid", 4401)
    assert verify(audit)[0] == 1  # that it started


@pytest.mark.parametrize(("lines", "left"), [(2, 1), (1, 0)])
def test_of_a_line_that_was_never_finished_the_chain_says_that_it_is_gone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, lines: int, left: int
) -> None:
    path = tmp_path / "audit.jsonl"
    written(path, lines)
    path.write_bytes(path.read_bytes()[:-5])
    AuditFile(path).close()
    assert verify(path)[0] == left + 1
    last = json.loads(path.read_text().splitlines()[-1])
    assert (last["event"], last["number"]) == ("line_cut", left + 1)
    assert "taken out" in caplog.text


@pytest.mark.parametrize("content", ["notes without an end", "notes\n", "notes\nand more", "[1]\n"])
def test_a_file_that_is_no_audit_stays_as_it_is(tmp_path: Path, content: str) -> None:
    path = tmp_path / "notes.txt"
    path.write_text(content)
    with pytest.raises(AuditError, match="none of an audit file"):
        AuditFile(path)
    assert path.read_text() == content


def test_bytes_that_are_no_text_break_the_chain(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    written(path, 2)
    path.write_bytes(path.read_bytes().replace(b"s1", b"\xff1"))
    with pytest.raises(BrokenChain) as broken:
        verify(path)
    assert broken.value.line == 2


@pytest.mark.parametrize("moved", [True, False])
def test_lines_for_a_file_that_was_taken_away_are_lost_loudly(tmp_path: Path, moved: bool) -> None:
    path, lost = tmp_path / "audit.jsonl", list[bool]()
    audit = AuditFile(path, observe_lost=lambda: lost.append(True))
    audit.record(AuditEvent.SESSION_CREATED, session="s0")
    path.rename(tmp_path / "old.jsonl") if moved else path.unlink()
    audit.record(AuditEvent.SESSION_CREATED, session="s1")
    audit.close()
    assert len(lost) == 1
    assert not moved or verify(tmp_path / "old.jsonl")[0] == 1


def test_the_command_says_whole_broken_or_unreadable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "audit.jsonl"
    written(path, 2)
    assert main(["verify-audit", str(path)]) == 0
    assert "2 lines" in capsys.readouterr().out
    path.write_text(path.read_text().replace("s0", "s7"))
    assert main(["verify-audit", str(path)]) == 1
    assert "line 1" in capsys.readouterr().out
    assert main(["verify-audit", str(tmp_path / "none")]) == 2


def test_a_services_audit_names_events_and_holds_no_token_key_or_reference(tmp_path: Path) -> None:
    keys, audit = tmp_path / "keys.json", tmp_path / "audit.jsonl"
    ring, text = KeyRing().with_new("shop", frozenset(Scope))
    ring.write(keys)
    with on_a_socket(fresh(keys_file=keys, audit_file=audit)) as client:
        client.headers["Authorization"] = f"Bearer {text}"
        made = create(client, json={"subject_ref": "anna@example.org"})
        with upgraded(made["ws_url"], made["client_token"]) as socket:
            greeted(socket)
            socket.send(json.dumps({"type": "end"}))
            closing(socket)
        refusal(made["ws_url"], made["client_token"])
        client.get(f"/v1/sessions/{made['session_id']}")
        client.post("/v1/liveness", content=videos.person(8))
        client.delete(f"/v1/sessions/{made['session_id']}")
    said = audit.read_text()
    assert [json.loads(line)["event"] for line in said.splitlines()] == [
        "service_started", "session_created", "stream_started", "result_stored", "stream_ended",
        "stream_refused", "session_read", "clip_judged", "session_erased",
    ]  # fmt: skip
    assert verify(audit)[0] == 9
    for secret in (text, text.split("_", 2)[2], made["client_token"], "anna", "score"):
        assert secret not in said
