"""schemathesis against a running service: no server errors, and no answer that the document does not know."""

from collections.abc import Iterator

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service.settings import SessionRules
from tests.service.serving import fresh, on_a_socket

EXAMPLES = 40
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def service() -> Iterator[httpx.Client]:
    with on_a_socket(fresh(sessions=SessionRules(per_ref=100_000, per_key=100_000))) as client:
        yield client


def test_every_answer_is_a_documented_one(service: httpx.Client) -> None:
    schema = schemathesis.openapi.from_url(f"{service.base_url}/openapi.json")
    asked = []
    for found in schema.get_all_operations():
        operation = found.ok()
        asked.append(operation.label)

        @settings(
            max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
        )
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case) -> None:
            case.call_and_validate(checks=CHECKS, timeout=60)

        ask()
    assert {"POST /v1/liveness", "POST /v1/sessions", "DELETE /v1/sessions/{session_id}"} <= set(asked)
