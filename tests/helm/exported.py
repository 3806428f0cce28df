"""The metrics that the service exports, as its design lists them: what alerts and panels may ask for."""

from typing import Final

HISTOGRAMS: Final = frozenset(
    {
        "liveness_score",
        "liveness_stage_seconds",
        "liveness_queue_wait_seconds",
        "liveness_batch_size",
        "liveness_lag_seconds",
    }
)
COUNTERS: Final = frozenset(
    {
        "liveness_requests_total",
        "liveness_decisions_total",
        "liveness_rejected_total",
        "liveness_frames_total",
        "liveness_quality_total",
        "liveness_sessions_created_total",
        "liveness_sessions_expired_total",
        "liveness_sessions_replayed_total",
        "liveness_results_lost_total",
        "liveness_audit_lost_total",
        "liveness_ws_closes_total",
        "liveness_provider_fallback_total",
        "liveness_decoder_kills_total",
    }
)
GAUGES: Final = frozenset(
    {
        "liveness_pending_requests",
        "liveness_sessions_active",
        "liveness_engine_info",
        "liveness_draining",
    }
)
SERIES: Final = (
    COUNTERS | GAUGES | {f"{name}_{part}" for name in HISTOGRAMS for part in ("bucket", "sum", "count")}
)
