"""How one deployment runs: environment variables with the prefix LIVENESS_, read when `Settings()` is called.

Facts of the weights are not here (they are in `model.card`), and no setting can contradict them.
"""

from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import AnyHttpUrl, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from model.bundle import default_path
from model.quality import QualityGates
from model.video import VideoLimits
from service.access import is_loopback
from service.audit_images import ImageRules
from service.errors import SettingsRefused
from service.sessions.rules import SessionRules
from service.stream.limits import StreamLimits

PREFIX = "LIVENESS_"


class Provider(StrEnum):
    """What runs the network; `auto` is CUDA where it is installed and present, else the CPU."""

    AUTO = "auto"
    TENSORRT = "tensorrt"
    CUDA = "cuda"
    OPENVINO = "openvino"
    CPU = "cpu"


def shipped_weights() -> Path:
    """The folder of the weights that come with the package."""
    return Path(str(files("model"))) / "weights" / "compact"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", frozen=True)

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8000, ge=0, le=65535, description="port to listen on")
    metrics_port: int | None = Field(
        default=None, ge=0, le=65535, description="serve /metrics on this port, and no longer beside the API"
    )
    allow_open: bool = Field(
        default=False, description="listen beyond this machine although no keys are configured"
    )
    keys_file: Path | None = Field(
        default=None, description="API keys, hashed; `python -m service keys new` makes it"
    )
    token_keys_file: Path | None = Field(
        default=None, description="JWK set that signs clients' tokens; `python -m service keys signing`"
    )
    store: Literal["memory", "redis"] = Field(
        default="memory", description="where sessions lie; `redis` where several replicas share them"
    )
    redis_url: SecretStr | None = Field(default=None, description="redis://:password@host:6379/0")
    redis_url_file: Path | None = Field(
        default=None, description="file that holds it: an environment is inherited, and shown by tools"
    )
    public_url: str | None = Field(
        default=None, description="how clients reach the service, for a session's ws_url (the request's host)"
    )
    sessions: SessionRules = Field(
        default=SessionRules(),
        description="lifetimes and rates of sessions (LIVENESS_SESSIONS__START_SECONDS)",
    )
    audit_file: Path | None = Field(
        default=None, description="append hash-chained audit lines here; each replica its own file"
    )
    otlp_endpoint: AnyHttpUrl | None = Field(
        default=None, description="OpenTelemetry collector that takes traces over HTTP: http://host:4318"
    )
    audit_images: ImageRules = Field(
        default=ImageRules(),
        description="sealed pictures of captures, off by default (LIVENESS_AUDIT_IMAGES__FOLDER)",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="least level logged"
    )

    weights: Path = Field(
        default_factory=shipped_weights, description="folder of the ONNX graphs (the shipped `compact`)"
    )
    calibration: Path | None = Field(
        default=None,
        description="a threshold of your own, chosen with these weights; `python -m training calibrate`",
    )
    face_bundle: Path = Field(
        default_factory=default_path, description="MediaPipe's face_landmarker.task (where set-up puts it)"
    )
    engine: Literal["embedded", "triton"] = Field(
        default="embedded",
        description="who runs the network: ONNX Runtime in this process, or a Triton server",
    )
    triton_url: str | None = Field(default=None, description="host:port of the Triton server's gRPC")
    triton_wait_seconds: float = Field(
        default=60.0, ge=0, description="how long the start waits for that server"
    )
    providers: tuple[Provider, ...] = Field(
        default=(Provider.AUTO,), description='what may run the network, best first: \'["cuda","cpu"]\''
    )
    require_gpu: bool = Field(
        default=False, description="refuse to start where the network would run on the CPU"
    )
    intra_op_threads: int = Field(default=1, ge=1, description="threads of one network pass")
    engine_workers: int = Field(default=2, ge=1, description="network passes at the same time")
    max_batch: int = Field(
        default=8, ge=1, description="faces, pairs or windows that one worker takes at a time"
    )
    max_wait_ms: float = Field(
        default=3.0, ge=0, le=100, description="how long a pass on a GPU waits for more of its kind"
    )
    max_queue: int = Field(
        default=128, ge=1, description="passes of a kind that may wait; beyond it: overloaded"
    )

    face_workers: int = Field(default=2, ge=1, description="face finders, each on a thread, about 20 MB each")
    picture_workers: int = Field(
        default=1, ge=1, description="threads that decode pictures, crop and align faces"
    )
    decode_workers: int = Field(default=2, ge=1, description="decoding processes")
    decode_queue: int = Field(default=8, ge=0, description="clips that may wait for a decoding process")
    decode_seconds: float = Field(
        default=10.0, gt=0, description="wall clock after which a decoding process is killed"
    )
    decode_cpu_seconds: int = Field(default=10, ge=1, description="CPU time of one clip's decoding")
    decode_memory_mb: int = Field(default=1536, ge=768, description="address space of a decoding process")
    decode_recycle: int = Field(
        default=200, ge=1, description="clips after which a decoding process is replaced"
    )

    max_upload_bytes: int = Field(default=10_000_000, ge=1, description="largest request body")
    upload_seconds: float = Field(
        default=5.0, gt=0, description="that headers, and a body whatever its size, may take to arrive"
    )
    upload_rate: int = Field(
        default=50_000, ge=1, description="bytes a second, under which a body that takes longer is cut"
    )
    max_pending: int = Field(
        default=16, ge=1, description="clips that may be in work at once; beyond it: overloaded"
    )
    max_backlog_seconds: float = Field(
        default=5.0, gt=0, description="that a clip may be expected to take behind others; else: overloaded"
    )
    deadline_seconds: float = Field(default=30.0, gt=0, description="from the request to the verdict")
    early_decision: bool = Field(
        default=False,
        description="end a clip with its first decision, after 4 s of it; else all of it is judged",
    )
    limits: VideoLimits = Field(
        default=VideoLimits(), description="what a clip may be (LIVENESS_LIMITS__MAX_SECONDS)"
    )
    open_stream: bool | None = Field(
        default=None, description="serve /v1/stream to whoever asks (where only this machine can ask)"
    )
    console: bool = Field(default=True, description="serve the console at /; capture.js is served either way")
    allowed_origins: tuple[str, ...] = Field(
        default=(), description="web pages of other hosts that may open streams: '[\"https://my.shop\"]'"
    )
    streams: StreamLimits = Field(
        default=StreamLimits(), description="what a stream may be (LIVENESS_STREAMS__MAX_STREAMS)"
    )
    gates: QualityGates = Field(
        default=QualityGates(), description="a usable frame (LIVENESS_GATES__MIN_FACE_HEIGHT)"
    )

    @property
    def has_open_stream(self) -> bool:
        """By default only where everyone who can ask may ask for clips, too."""
        if self.open_stream is None:
            return is_loopback(self.host) and self.keys_file is None
        return self.open_stream


def read_settings(**given: Any) -> Settings:
    """The environment's, and in their place what a command line gives. Raises SettingsRefused."""
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsRefused(_explained(error)) from error
    except SettingsError as error:  # names the field, and no value
        raise SettingsRefused(
            f"{error}: lists and nested settings are JSON, such as "
            f"""{PREFIX}ALLOWED_ORIGINS='["https://shop.example.org"]'"""
        ) from error


def _explained(error: ValidationError) -> str:
    """What is wrong with which variable."""
    return "; ".join(
        f"{PREFIX}{'__'.join(str(part) for part in fault['loc']).upper()}: {fault['msg']}"
        for fault in error.errors()
    )
