"""The documents as HTML. Everything in them is escaped; Markdown is taken without HTML in it."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from service.documents.messages import channels, messages
from service.documents.rest import operations
from service.documents.shapes import kind, rows, values

STYLE: Final = "documents.css"


def rest_page(document: Mapping[str, Any]) -> str:
    """/openapi.json for people."""
    found = operations(document)
    tags = list(dict.fromkeys(each.tag for each in found))
    return _environment().get_template("rest.html").render(
        info=document["info"],
        by_tag={tag: [each for each in found if each.tag == tag] for tag in tags},
        schemas=document["components"]["schemas"],
    )  # fmt: skip


def stream_page(document: Mapping[str, Any]) -> str:
    """/asyncapi.json for people."""
    schemas = document["components"]["schemas"]
    payloads = {
        each["payload"].get("$ref", "").rpartition("/")[2]
        for each in document["components"]["messages"].values()
    }
    return _environment().get_template("stream.html").render(
        info=document["info"],
        channels=channels(document),
        messages=messages(document),
        schemas={name: each for name, each in schemas.items() if name not in payloads},
    )  # fmt: skip


def style() -> str:
    return (files("service.documents") / "templates" / STYLE).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("service.documents"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    environment.filters["markdown"] = lambda text: Markup(reader.render(text))
    environment.filters["words"] = lambda text: Markup(reader.renderInline(text))
    environment.globals.update(rows=rows, kind=kind, values=values)
    return environment
