"""Traces to an OpenTelemetry collector, by OTLP over HTTP, where LIVENESS_OTLP_ENDPOINT names one.

The SDK's own variables hold beside it: OTEL_TRACES_SAMPLER, OTEL_RESOURCE_ATTRIBUTES,
OTEL_EXPORTER_OTLP_HEADERS and the like.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from opentelemetry import trace
from pydantic import AnyHttpUrl

from service.errors import TracingError
from service.middleware import QUIET

if TYPE_CHECKING:
    from fastapi.telemetry import TelemetryConfig
    from opentelemetry.sdk.trace import TracerProvider

_PATH: Final = "/v1/traces"
_SECONDS: Final = 5.0  # for one export; a collector that hangs must not keep the service from ending


@dataclass(frozen=True, slots=True)
class Traces:
    """One app's; without a provider nothing is recorded and nothing sent."""

    provider: "TracerProvider | None" = None

    @property
    def tracer(self) -> trace.Tracer | None:
        return None if self.provider is None else self.provider.get_tracer("liveness")

    @property
    def of_requests(self) -> "TelemetryConfig":
        """For FastAPI: spans alone. Metrics and logs are ours, and its own operations are no stages."""
        rest: TelemetryConfig = {
            "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False,
            "exclude": lambda scope: scope.get("path") in QUIET,
        }  # fmt: skip
        return {**rest, "tracing": self.provider is not None, "tracer_provider": self.provider}

    def close(self) -> None:
        """Sends what is left, as far as the collector takes it."""
        if self.provider is not None:
            self.provider.shutdown()


def open_traces(endpoint: AnyHttpUrl | None, *, service: str, version: str) -> Traces:
    """Raises TracingError where traces are asked for and the extra is not installed."""
    if endpoint is None:
        return Traces()
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise TracingError(
            "LIVENESS_OTLP_ENDPOINT needs the extra `tracing`: "
            "pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http"
        ) from error
    provider = TracerProvider(
        resource=Resource.create({"service.name": service, "service.version": version}),
        shutdown_on_exit=False,
    )
    exporter = OTLPSpanExporter(endpoint=str(endpoint).rstrip("/") + _PATH, timeout=_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return Traces(provider)
