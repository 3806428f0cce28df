"""The AsyncAPI 3 document of `liveness.v1`, made from the messages themselves."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Final

from pydantic import BaseModel

from service.stream.closes import CLOSE_OF, Close, Fault
from service.stream.codec import HEADER_BYTES
from service.stream.messages import (
    SUBPROTOCOL,
    Ack,
    DrainingMessage,
    End,
    ErrorMessage,
    Guidance,
    Hello,
    Outcome,
    Progress,
    Ready,
    Trace,
)

_SCHEMAS: Final = "#/components/schemas/"
_FROM_CLIENT: Final[Mapping[str, type[BaseModel]]] = {"hello": Hello, "end": End}
_FROM_SERVER: Final[Mapping[str, type[BaseModel]]] = {
    "ready": Ready,
    "ack": Ack,
    "guidance": Guidance,
    "progress": Progress,
    "trace": Trace,
    "outcome": Outcome,
    "error": ErrorMessage,
    "draining": DrainingMessage,
}
_FRAME: Final = {
    "name": "frame",
    "title": "Frame",
    "summary": "One picture, as a binary message.",
    "description": f"""{HEADER_BYTES} bytes, big-endian, then the picture:

| bytes | field | value |
|---|---|---|
| 0 | version | 1 |
| 1 | codec | 1: baseline JPEG, 2: WebP |
| 2-3 | flags | 0 |
| 4-7 | sequence | rises from frame to frame |
| 8-15 | capture time | microseconds of the client's clock; rises |""",
    "contentType": "application/octet-stream",
    "payload": {"type": "string", "format": "binary"},
}
_CLOSES: Final[Mapping[Close, str]] = {
    Close.DONE: "after the outcome",
    Close.TOO_BIG: "a message or a picture over the limit",
    Close.FAILED: "the service failed",
    Close.DRAINING: "the service shuts down; another instance answers",
    Close.OVERLOADED: "too much to do; come back after `retry_after` seconds",
    Close.PROTOCOL: "not as this document says",
    Close.TOKEN_INVALID: "no token, or none of ours",
    Close.SCOPE: "the token is for something else",
    Close.UNKNOWN: "no such session, or not any more",
    Close.TIMEOUT: "time is up; an outcome came before it where frames did",
    Close.TOKEN_USED: "the token was used before",
    Close.EXPIRED: "the token or the lost stream is too old",
    Close.RATE: "too many frames or sessions",
}


def document(channels: Mapping[str, str]) -> dict[str, Any]:
    """`channels` are the paths at which the protocol is spoken, each with a sentence about it."""
    models = {**_FROM_CLIENT, **_FROM_SERVER}
    messages = {name: _message(name, model) for name, model in models.items()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"liveness-service: {SUBPROTOCOL}",
            "version": version("liveness-service"),
            "description": _description(),
        },
        "defaultContentType": "application/json",
        "channels": {_name(path): _channel(path, said) for path, said in channels.items()},
        "operations": _operations(channels),
        "components": {"messages": {**messages, "frame": _FRAME}, "schemas": _schemas(models)},
    }


def _name(path: str) -> str:
    return "session" if "{" in path else "open"


def _channel(path: str, description: str) -> dict[str, Any]:
    names = [*_FROM_CLIENT, "frame", *_FROM_SERVER]
    channel: dict[str, Any] = {
        "address": path,
        "description": description,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
    }
    if "{id}" in path:
        channel["parameters"] = {"id": {"description": "the session's id"}}
    return channel


def _operations(channels: Mapping[str, str]) -> dict[str, Any]:
    """From the service's side: it receives what clients send."""
    operations = {}
    for name in map(_name, channels):
        for action, names in (("receive", [*_FROM_CLIENT, "frame"]), ("send", [*_FROM_SERVER])):
            operations[f"{name}{action.title()}"] = {
                "action": action,
                "channel": {"$ref": f"#/channels/{name}"},
                "messages": [{"$ref": f"#/channels/{name}/messages/{each}"} for each in names],
            }
    return operations


def _message(name: str, model: type[BaseModel]) -> dict[str, Any]:
    message: dict[str, Any] = {
        "name": name,
        "title": name.title(),
        "payload": {"$ref": _SCHEMAS + model.__name__},
    }
    if model.__doc__ and model.__doc__ != BaseModel.__doc__:
        message["summary"] = model.__doc__.strip().partition("\n")[0]
    return message


def _schemas(models: Mapping[str, type[BaseModel]]) -> dict[str, Any]:
    schemas: dict[str, Any] = {}
    for model in models.values():
        schema = model.model_json_schema(ref_template=_SCHEMAS + "{model}", mode="serialization")
        schemas |= schema.pop("$defs", {})
        schemas[model.__name__] = schema
    return schemas


def _description() -> str:
    closes = "\n".join(f"| {int(close)} | {_codes(close)} | {said} |" for close, said in _CLOSES.items())
    return f"""Upgrade with `Sec-WebSocket-Protocol: {SUBPROTOCOL}` (and `token.<jwt>` for a session); the \
service answers `{SUBPROTOCOL}`. Text messages are JSON, binary messages are frames.

Say `hello`, wait for `ready`, then send frames while there is credit: `ready` gives some, each `ack` adds \
to it. Where there is none, leave the camera's frame out. `end` asks for the outcome. Every third frame of \
25-30 a second is judged, at other rates the one nearest to each 110 ms. Where the service is late it drops \
the oldest frame that waits.

| close | error | why |
|---|---|---|
{closes}
"""


def _codes(close: Close) -> str:
    return ", ".join(f"`{fault}`" for fault in Fault if CLOSE_OF[fault] is close) or "-"
