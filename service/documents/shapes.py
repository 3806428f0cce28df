"""JSON Schema -> what a person reads in a table: a type, whether it is needed, its limits."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

_LIMITS: Final = {
    "minimum": "≥ {}",
    "exclusiveMinimum": "> {}",
    "maximum": "≤ {}",
    "exclusiveMaximum": "< {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "pattern": "matches {}",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a type's name; `target` is the schema that it names."""

    text: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One property."""

    name: str
    kind: tuple[Part, ...]
    needed: bool
    limits: str
    default: str
    description: str


def rows(schema: Mapping[str, Any]) -> list[Row]:
    """The properties of an object; none for any other schema."""
    needed = schema.get("required", ())
    return [_row(name, each, name in needed) for name, each in schema.get("properties", {}).items()]


def parameter(said: Mapping[str, Any]) -> Row:
    """A parameter of OpenAPI as a row."""
    schema = said["schema"]
    row = _row(said["name"], schema, said.get("required", False))
    if said.get("description"):
        return Row(row.name, row.kind, row.needed, row.limits, row.default, said["description"])
    return row


def kind(schema: Mapping[str, Any]) -> tuple[Part, ...]:
    return tuple(_parts(schema))


def values(schema: Mapping[str, Any]) -> list[str]:
    """What an enumeration may be."""
    return [json.dumps(each) for each in schema.get("enum", ())]


def _row(name: str, schema: Mapping[str, Any], needed: bool) -> Row:
    inner = _without_null(schema)
    limits = [text.format(inner[key]) for key, text in _LIMITS.items() if key in inner]
    has_default = schema.get("default") is not None and "const" not in schema
    default = json.dumps(schema["default"]) if has_default else ""
    return Row(name, kind(schema), needed, ", ".join(limits), default, schema.get("description", ""))


def _without_null(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one alternative beside null, where there is one."""
    others = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    return others[0] if len(others) == 1 else schema


def _parts(schema: Mapping[str, Any]) -> Iterator[Part]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield Part(name, name)
    elif "anyOf" in schema or "oneOf" in schema or "allOf" in schema:
        yield from _joined([kind(each) for each in _alternatives(schema)], " or ")
    elif "enum" in schema or "const" in schema:
        yield Part(" or ".join(values(schema)) or json.dumps(schema["const"]))
    elif schema.get("type") == "array":
        yield Part("list of ")
        yield from _items(schema)
    elif schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        yield Part("map to ")
        yield from _parts(schema["additionalProperties"])
    else:
        said = schema.get("type", "anything")
        yield Part(f"{said} ({schema['format']})" if "format" in schema else str(said))


def _alternatives(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each for key in ("anyOf", "oneOf", "allOf") for each in schema.get(key, ())]


def _items(schema: Mapping[str, Any]) -> Iterator[Part]:
    if "prefixItems" in schema:
        return _joined([kind(each) for each in schema["prefixItems"]], ", ")
    return _parts(schema.get("items", {}))


def _joined(kinds: list[tuple[Part, ...]], between: str) -> Iterator[Part]:
    for i, each in enumerate(kinds):
        if i:
            yield Part(between)
        yield from each
