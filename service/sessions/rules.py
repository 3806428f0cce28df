"""How long a session lives and how often one may be made; all of it settings (LIVENESS_SESSIONS__...)."""

from pydantic import BaseModel, ConfigDict, Field


class SessionRules(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    start_seconds: float = Field(default=180, gt=0, description="to begin the stream")
    grace_seconds: float = Field(
        default=30, gt=0, description="after the longest stream, for its result to arrive; then it is lost"
    )
    result_seconds: float = Field(default=900, gt=0, description="how long a result can be read")

    per_key: int = Field(default=600, ge=1, description="sessions that a key may make in a minute")
    per_ref: int = Field(default=10, ge=1, description="sessions of one subject or device in a minute")
    upgrades: int = Field(default=10, ge=1, description="upgrades with one session's tokens in a minute")
    failures: int = Field(default=5, ge=1, description="failures of a subject or device before it waits")
    failure_seconds: float = Field(default=180, gt=0, description="within which failures count")
    cool_down_seconds: float = Field(default=180, gt=0, description="how long it waits")

    watch_seconds: float = Field(
        default=1.0, gt=0, description="between two looks whether the session of a running stream was erased"
    )
    digest_seconds: float = Field(
        default=86_400, gt=0, description="how long a capture's SHA-256 is remembered, for `seen_before`"
    )
    idempotency_seconds: float = Field(
        default=900, gt=0, description="how long an Idempotency-Key of POST /v1/liveness is remembered"
    )
