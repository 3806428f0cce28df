"""A browser, a service and two films for the tests of one file."""

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.system.browser.films import FPS, person, wobbled_still, write_y4m
from tests.system.browser.serving import Served, serving
from tests.system.tools.catalogue import Tool, require

if TYPE_CHECKING:
    from playwright.sync_api import BrowserType

FILM_SECONDS = 24


@pytest.fixture(scope="module")
def chromium() -> Iterator["BrowserType"]:
    sys.path.append(str(require(Tool.PLAYWRIGHT).parent))
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="module")
def service() -> Iterator[Served]:
    """For tests that leave it as it is."""
    with serving() as served:
        yield served


@pytest.fixture(scope="session")
def living(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person at a webcam; the fake camera begins anew after the last picture."""
    pictures = itertools.islice(person(require(Tool.PERSON)), FILM_SECONDS * FPS)
    return write_y4m(pictures, tmp_path_factory.mktemp("films") / "living.y4m")


@pytest.fixture(scope="session")
def wobbled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One picture of that person, held in front of the camera."""
    still = next(person(require(Tool.PERSON)))
    return write_y4m(
        wobbled_still(still, seconds=FILM_SECONDS), tmp_path_factory.mktemp("films") / "wobbled.y4m"
    )
