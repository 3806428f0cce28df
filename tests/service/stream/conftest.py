"""A service on a real socket, as patient as the tests' machine is slow."""

from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI

from tests.service.serving import fresh, on_a_socket
from tests.service.stream.counted import PATIENT


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return fresh(streams=PATIENT)


@pytest.fixture(scope="module")
def patient(app: FastAPI) -> Iterator[httpx.Client]:
    with on_a_socket(app) as client:
        yield client
