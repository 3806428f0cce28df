"""The document of the protocol against the protocol."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import yaml

from service.stream.closes import CLOSE_OF, Fault
from service.stream.messages import FROM_CLIENT, FROM_SERVER
from tests.service.stream.make_asyncapi import FILE, written
from tests.service.stream.test_transcripts import said


@pytest.fixture(scope="module")
def document(service: httpx.Client) -> dict[str, Any]:
    return service.get("/asyncapi.json").json()


def test_the_served_document_is_the_file_in_the_tree(document: dict[str, Any]) -> None:
    assert FILE.read_text() == written(), "python -m tests.service.stream.make_asyncapi writes it anew"
    assert yaml.safe_load(FILE.read_text()) == document


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from ([part["$ref"]] if isinstance(part.get("$ref"), str) else [])
        for each in part.values():
            yield from references(each)
    if isinstance(part, list):
        for each in part:
            yield from references(each)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in references(document):
        part: Any = document
        for key in reference.removeprefix("#/").split("/"):
            part = part[key.replace("~1", "/")]
        assert part


def test_the_service_receives_what_clients_say_and_sends_the_rest(document: dict[str, Any]) -> None:
    operations = document["operations"]
    heard = {each["$ref"].rpartition("/")[2] for each in operations["openReceive"]["messages"]}
    sent = {each["$ref"].rpartition("/")[2] for each in operations["openSend"]["messages"]}
    assert heard == set(FROM_CLIENT.json_schema()["discriminator"]["mapping"]) | {"frame"}
    assert sent == set(FROM_SERVER.json_schema()["discriminator"]["mapping"])


def test_what_the_transcripts_say_has_the_documented_fields(document: dict[str, Any]) -> None:
    components = document["components"]
    for line in said("< "):
        message = json.loads(line)
        name = components["messages"][message["type"]]["payload"]["$ref"].rpartition("/")[2]
        assert message.keys() == components["schemas"][name]["properties"].keys()


def test_every_fault_and_close_is_in_the_table(document: dict[str, Any]) -> None:
    rows = document["info"]["description"].splitlines()
    for fault in Fault:
        assert any(f"| {int(CLOSE_OF[fault])} |" in row and f"`{fault}`" in row for row in rows)
