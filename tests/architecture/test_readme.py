"""The README: each block says whether it is run, and each link leads somewhere."""

import re
from pathlib import Path

import pytest

from tests.architecture.readme import README, ReadmeError, blocks

ROOT = README.parent
DOCUMENTS = [
    path.relative_to(ROOT)
    for path in (*ROOT.glob("*.md"), *ROOT.glob("service/client/**/*.md"), *ROOT.glob("training/*/README.md"))
]


def anchors(markdown: str) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", markdown, re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_block_of_the_readme_is_tagged() -> None:
    kinds = [block.kind for block in blocks(README.read_text())]
    assert len(kinds) == README.read_text().count("\n```") / 2
    assert {"run", "run-slow", "show"} == set(kinds)


def test_a_block_without_a_tag_is_an_error_with_its_line() -> None:
    with pytest.raises(ReadmeError, match="line 3"):
        blocks("# A\n\n```sh\nmake serve\n```\n")


def test_what_is_only_shown_has_a_reason() -> None:
    shown = [block for block in blocks(README.read_text()) if block.kind == "show"]
    assert all(len(block.said) > 10 for block in shown)


def test_what_is_put_in_place_of_a_long_run_is_visible_and_has_its_place() -> None:
    slow = [block for block in blocks(README.read_text()) if block.kind == "run-slow"]
    assert all(block.said for block in slow)
    assert any(block.runnable != block.text for block in slow)


def test_a_short_form_without_its_place_is_an_error() -> None:
    (block,) = blocks("<!-- run-slow: --preset compact -> --preset smoke -->\n```sh\ntrain\n```\n")
    with pytest.raises(ReadmeError, match="--preset compact"):
        _ = block.runnable


def test_a_tag_says_what_is_waited_for_and_which_exit_codes_are_right() -> None:
    text = (
        "<!-- run: until http://127.0.0.1:1/readyz answers -->\n```sh\na\n```\n"
        "<!-- run: exits with 0 or 1 -->\n```sh\nb\n```\n"
    )
    first, second = blocks(text)
    assert (first.until, first.exits) == ("http://127.0.0.1:1/readyz", {0})
    assert (second.until, second.exits) == (None, {0, 1})


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_link_to_a_file_or_a_heading_leads_somewhere(document: Path) -> None:
    text = (ROOT / document).read_text()
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / document).parent / path if path else ROOT / document
        assert file.exists(), f"{document}: {target}"
        if anchor:
            assert anchor in anchors(file.read_text()), f"{document}: {target}"
