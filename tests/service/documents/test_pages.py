"""The API documents as pages: all of them, for people, from this host alone."""

import re
from html.parser import HTMLParser

import httpx
import pytest

from service.documents.pages import rest_page, stream_page
from service.stream.closes import Fault

PAGES = ("/docs", "/docs/stream")
LOADING = {"src", "srcset", "href", "action", "poster", "data", "formaction"}


class Read(HTMLParser):
    """What a page loads or leads to, its ids, its elements, and attributes that a strict policy forbids."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.forbidden: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attributes:
            if name in LOADING:
                self.targets.append(value or "")
            if name == "id":
                self.ids.append(value or "")
            if name == "style" or name.startswith("on"):
                self.forbidden.append(name)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_no_other_host(path: str, service: httpx.Client) -> None:
    page = service.get(path)
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    targets = Read(page.text).targets
    assert targets
    assert all(target.startswith(("/", "#")) and not target.startswith("//") for target in targets)
    hosts = set(re.findall(r"\b(?:https?|wss?)://([^/\s<&\"']+)", page.text))
    assert hosts <= {"127.0.0.1:8000"}, "only the address in the command to be typed"


@pytest.mark.parametrize("path", [*PAGES, "/docs/documents.css"])
def test_the_policy_allows_no_script_and_only_this_host_s_style(path: str, service: httpx.Client) -> None:
    answer = service.get(path)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; ")
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_needs_nothing_that_its_policy_forbids(path: str, service: httpx.Client) -> None:
    read = Read(service.get(path).text)
    assert not {"script", "style", "iframe", "form", "img"} & set(read.tags)
    assert read.forbidden == []


@pytest.mark.parametrize("path", PAGES)
def test_every_link_leads_somewhere(path: str, service: httpx.Client) -> None:
    read = Read(service.get(path).text)
    assert len(read.ids) == len(set(read.ids))
    assert {target[1:] for target in read.targets if target.startswith("#")} <= set(read.ids)
    for target in {target for target in read.targets if target.startswith("/")} - {"/"}:
        assert service.get(target).status_code == 200, target


def test_every_operation_of_the_document_is_on_its_page_with_its_answers(service: httpx.Client) -> None:
    page, document = service.get("/docs").text, service.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            article = page.partition(f"{method.upper()}</b> <code>{path}</code></h3>")[2].partition(
                "</article>"
            )[0]
            assert article, f"{method} {path}"
            for status, answer in said["responses"].items():
                assert f">{status}</b>" in article
                for content in answer.get("content", {}).values():
                    for example in content.get("examples", {}).values():
                        assert example["value"].get("code", "") in article


def test_every_type_and_its_properties_are_on_the_page(service: httpx.Client) -> None:
    page, document = service.get("/docs").text, service.get("/openapi.json").json()
    for name, schema in document["components"]["schemas"].items():
        article = page.partition(f'<article id="schema-{name}">')[2].partition("</article>")[0]
        for property_name in schema.get("properties", {}):
            assert f"<code>{property_name}</code>" in article, f"{name}.{property_name}"


def test_every_message_and_every_code_of_a_stream_is_on_its_page(service: httpx.Client) -> None:
    page, document = service.get("/docs/stream").text, service.get("/asyncapi.json").json()
    for name in document["components"]["messages"]:
        assert f'id="message-{name}"' in page
    for fault in Fault:
        assert f"<code>{fault}</code>" in page


HOSTILE = "<script>alert(1)</script>"


def test_what_documents_say_is_text_and_never_markup() -> None:
    said = {"description": HOSTILE, "parameters": [], "responses": {"200": {"description": HOSTILE}}}
    document = {
        "info": {"title": HOSTILE, "version": HOSTILE, "summary": HOSTILE, "description": HOSTILE},
        "paths": {f"/{HOSTILE}": {"get": said}},
        "components": {"schemas": {"A": {"properties": {"b": {"type": "string", "description": HOSTILE}}}}},
    }
    assert "<script" not in rest_page(document)
    streams = {
        "info": document["info"],
        "channels": {"a": {"address": HOSTILE, "description": HOSTILE}},
        "operations": {},
        "components": {
            "messages": {"a": {"summary": HOSTILE, "payload": {"type": "string"}}},
            "schemas": document["components"]["schemas"],  # type: ignore[index]
        },
    }
    assert "<script" not in stream_page(streams)


def test_the_frameworks_own_pages_which_load_scripts_from_elsewhere_are_gone(service: httpx.Client) -> None:
    assert service.get("/redoc").status_code == 404
    assert "swagger" not in service.get("/docs").text.lower()
