import logging
from collections.abc import Iterator

import httpx
import pytest

from tests.service.log_watch import LogWatch
from tests.service.serving import fresh, on_a_socket


@pytest.fixture(scope="session")
def service() -> Iterator[httpx.Client]:
    """One service on a socket for all tests that change nothing in it."""
    with on_a_socket(fresh()) as client:
        yield client


@pytest.fixture(scope="session", autouse=True)
def _nothing_confidential_is_logged() -> Iterator[None]:
    """In no test, at the levels that `serve` lets through. Other processes' lines are `test_written`'s."""
    watch = LogWatch()
    for name, level in (("service", logging.DEBUG), ("uvicorn", logging.INFO)):
        logging.getLogger(name).addHandler(watch)
        logging.getLogger(name).setLevel(level)
    yield
    assert not watch.telling, watch.telling[:5]
