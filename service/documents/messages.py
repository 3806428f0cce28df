"""The AsyncAPI document -> what its page shows: who says which message."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.documents.shapes import Row, rows


@dataclass(frozen=True, slots=True)
class Message:
    name: str
    from_client: bool
    text: str  # Markdown
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Channel:
    address: str
    description: str


def channels(document: Mapping[str, Any]) -> list[Channel]:
    return [Channel(each["address"], each["description"]) for each in document["channels"].values()]


def messages(document: Mapping[str, Any]) -> list[Message]:
    """The client's first; the service receives those."""
    heard = {
        each["$ref"].rpartition("/")[2]
        for operation in document["operations"].values()
        if operation["action"] == "receive"
        for each in operation["messages"]
    }
    said = [
        _message(name, each, name in heard, document["components"]["schemas"])
        for name, each in document["components"]["messages"].items()
    ]
    return sorted(said, key=lambda each: not each.from_client)


def _message(name: str, said: Mapping[str, Any], from_client: bool, schemas: Mapping[str, Any]) -> Message:
    text = "\n\n".join(said[key] for key in ("summary", "description") if key in said)
    schema = schemas.get(said["payload"].get("$ref", "").rpartition("/")[2], {})
    return Message(name, from_client, text, rows(schema))
