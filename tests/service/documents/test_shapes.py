"""JSON Schema in words."""

from typing import Any

import pytest

from service.documents.shapes import Part, kind, rows


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "integer"}, "integer"),
        ({"type": "string", "format": "date-time"}, "string (date-time)"),
        ({"anyOf": [{"type": "number"}, {"type": "null"}]}, "number or null"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Window"}}, "list of Window"),
        (
            {"type": "array", "prefixItems": [{"type": "number"}, {"type": "number"}]},
            "list of number, number",
        ),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "map to number"),
        ({"enum": ["a", "b"]}, '"a" or "b"'),
        ({"const": 1, "type": "integer"}, "1"),
        ({}, "anything"),
    ],
)
def test_a_type_reads_as_a_person_would_say_it(schema: dict[str, Any], said: str) -> None:
    assert "".join(part.text for part in kind(schema)) == said


def test_a_reference_leads_to_its_type() -> None:
    assert kind({"$ref": "#/components/schemas/Window"}) == (Part("Window", "Window"),)


def test_limits_are_shown_also_where_null_is_allowed() -> None:
    (row,) = rows({"properties": {"a": {"anyOf": [{"type": "string", "maxLength": 9}, {"type": "null"}]}}})
    assert (row.needed, row.limits, row.default) == (False, "at most 9 characters", "")


def test_a_default_is_shown_and_whether_a_property_is_required() -> None:
    schema = {
        "required": ["a"],
        "properties": {"a": {"type": "string"}, "b": {"type": "integer", "default": 0}},
    }
    assert [(row.needed, row.default) for row in rows(schema)] == [(True, ""), (False, "0")]
