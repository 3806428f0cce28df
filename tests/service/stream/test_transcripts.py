"""The protocol as stored conversations: every message, every fault, every close."""

import json
from pathlib import Path

import pytest

from service.stream.closes import CLOSE_OF, Close, Fault
from service.stream.messages import FROM_CLIENT, FROM_SERVER
from tests.service.stream.script import INDENT, play

FILES = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
# Said by the routes and the loop, not by the protocol's core.
ELSEWHERE = {
    Fault.OVERLOADED, Fault.INTERNAL, Fault.TOKEN_INVALID, Fault.SCOPE, Fault.UNKNOWN_SESSION,
    Fault.TOKEN_USED, Fault.EXPIRED, Fault.RATE_LIMITED,
}  # fmt: skip


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_the_protocol_says_what_the_transcript_says(file: Path) -> None:
    stored = file.read_text().splitlines()
    assert list(play(stored)) == stored


def said(mark: str) -> list[str]:
    lines = [line for file in FILES for line in file.read_text().splitlines()]
    return [line.removeprefix(INDENT + mark) for line in lines if line.startswith(INDENT + mark)]


def test_every_message_of_the_transcripts_is_one_of_the_documented_ones() -> None:
    for line in said("< "):
        message = json.loads(line)
        if message.get("verdict"):
            message["verdict"] = None  # shortened in the transcripts
        FROM_SERVER.validate_python(message | {}, strict=False)
    kinds = {json.loads(line)["type"] for line in said("< ")}
    documented = set(FROM_SERVER.json_schema()["discriminator"]["mapping"])
    assert kinds == documented


def test_every_fault_of_the_protocol_has_a_transcript() -> None:
    shown = {json.loads(line)["code"] for line in said("< ") if '"error"' in line}
    assert shown | ELSEWHERE >= set(Fault) - {Fault.MESSAGE_TOO_LARGE}
    assert not shown & ELSEWHERE


def test_every_fault_has_its_close_code() -> None:
    assert CLOSE_OF.keys() == set(Fault)
    assert set(CLOSE_OF.values()) | {Close.DONE} == set(Close)


def test_the_clients_messages_are_two() -> None:
    assert set(FROM_CLIENT.json_schema()["discriminator"]["mapping"]) == {"hello", "end"}
