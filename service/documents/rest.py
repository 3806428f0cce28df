"""The OpenAPI document -> what its page shows, by tag."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from service.documents.shapes import Part, Row, kind, parameter, rows

SERVICE: Final = '"$LIVENESS"'  # the shell's variable that the page asks to be set


@dataclass(frozen=True, slots=True)
class Content:
    """One media type of a body, with examples as text by their names."""

    media_type: str
    kind: tuple[Part, ...]
    rows: list[Row]
    examples: dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    description: str
    headers: dict[str, str]
    contents: list[Content]


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    tag: str
    description: str
    parameters: list[Row]
    bodies: list[Content]
    answers: list[Answer]
    curl: str

    @property
    def anchor(self) -> str:
        words = self.path.replace("{", "").replace("}", "").strip("/").replace("/", "-")
        return f"{self.method.lower()}-{words}"


def operations(document: Mapping[str, Any]) -> list[Operation]:
    """In the document's order."""
    return list(_operations(document))


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            bodies = _contents(said.get("requestBody", {}))
            yield Operation(
                method.upper(),
                path,
                said.get("tags", ["other"])[0],
                said.get("description") or said.get("summary", ""),
                [parameter(each) for each in said.get("parameters", ())],
                bodies,
                [_answer(status, each) for status, each in sorted(said["responses"].items())],
                _curl(method.upper(), path, bodies),
            )


def _answer(status: str, said: Mapping[str, Any]) -> Answer:
    headers = {name: each.get("description", "") for name, each in said.get("headers", {}).items()}
    return Answer(status, said["description"], headers, _contents(said))


def _contents(said: Mapping[str, Any]) -> list[Content]:
    return [
        Content(
            media_type,
            kind(content.get("schema", {})),
            rows(content.get("schema", {})),
            {name: json.dumps(each["value"], indent=2) for name, each in content.get("examples", {}).items()},
        )
        for media_type, content in said.get("content", {}).items()
    ]


def _curl(method: str, path: str, bodies: list[Content]) -> str:
    """The shortest call that works; `{session_id}` becomes a variable of the shell."""
    words = ["curl"]
    if bodies and bodies[0].media_type == "multipart/form-data":
        words.append(f"-F {bodies[0].rows[0].name}=@clip.mp4")
    elif bodies:
        words.append("-H 'Content-Type: application/json' -d '{}'")
    if method not in ("GET", "POST") or (method == "POST" and not bodies):
        words.append(f"-X {method}")
    return " ".join([*words, SERVICE + path.replace("{", '"$').replace("}", '"')])
