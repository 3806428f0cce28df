from collections.abc import Iterator

import httpx
import pytest

from tests.service.serving import fresh, on_a_socket


@pytest.fixture(scope="session")
def service() -> Iterator[httpx.Client]:
    """One service on a socket for all tests that change nothing in it."""
    with on_a_socket(fresh()) as client:
        yield client
