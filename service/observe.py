"""What the service counts: Prometheus metrics, one registry per app. Labels hold no ids, values no pixels."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from model.card import ModelCard
from model.verdict import Judgement
from service.engine.serving import EngineInfo
from service.timeline import Stage

_STAGE_BUCKETS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
_SCORE_BUCKETS: Final = tuple(round(0.05 * i, 2) for i in range(1, 21))
_BATCH_BUCKETS: Final = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64)


class Metrics:
    """The instruments of service.md section 6 that apply to clips; streams and sessions add theirs."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self.requests = Counter(
            "liveness_requests", "Answered requests", ["endpoint", "code"], registry=registry
        )
        self.decisions = Counter("liveness_decisions", "Verdicts", ["decision", "channel"], registry=registry)
        self.score = Histogram(
            "liveness_score", "Living score of Eq. 11, where a decision was due",
            buckets=_SCORE_BUCKETS, registry=registry,
        )  # fmt: skip
        self.stage_seconds = Histogram(
            "liveness_stage_seconds", "Time of one pass of a stage", ["stage"],
            buckets=_STAGE_BUCKETS, registry=registry,
        )  # fmt: skip
        self.queue_wait = Histogram(
            "liveness_queue_wait_seconds", "Wait for a face finder or for the engine",
            buckets=_STAGE_BUCKETS, registry=registry,
        )  # fmt: skip
        self.batch_size = Histogram(
            "liveness_batch_size",
            "Items in one pass of the network",
            buckets=_BATCH_BUCKETS,
            registry=registry,
        )
        self.pending = Gauge("liveness_pending_requests", "Clips in work or waiting", registry=registry)
        self.rejected = Counter(
            "liveness_rejected", "Requests without a verdict, by code", ["reason"], registry=registry
        )
        self.frames = Counter(
            "liveness_frames", "Frames by what became of them", ["result"], registry=registry
        )
        self.quality = Counter(
            "liveness_quality", "Sampled frames that a gate kept back", ["code"], registry=registry
        )
        self.engine_info = Gauge(
            "liveness_engine_info", "What runs the network",
            ["provider", "device", "model", "sha256"], registry=registry,
        )  # fmt: skip
        self.provider_fallback = Counter(
            "liveness_provider_fallback", "Starts on another provider than asked for", registry=registry
        )
        self.decoder_kills = Counter(
            "liveness_decoder_kills", "Decoding processes that a clip ended", ["reason"], registry=registry
        )
        self.draining = Gauge("liveness_draining", "1 while no new work is taken", registry=registry)

    def observe_stage(self, stage: Stage, seconds: float) -> None:
        self.stage_seconds.labels(stage).observe(seconds)
        if stage is Stage.QUEUE:
            self.queue_wait.observe(seconds)

    def observe_judgement(self, judgement: Judgement, *, received: int, channel: str) -> None:
        used = frames_used(judgement)
        self.decisions.labels(judgement.decision, channel).inc()
        if judgement.score is not None:
            self.score.observe(judgement.score)
        for result, count in (("received", received), ("sampled", judgement.sampled), ("used", used)):
            self.frames.labels(result).inc(count)
        for reason, count in judgement.dropped.items():
            self.quality.labels(reason).inc(count)

    def show_engine(self, card: ModelCard, info: EngineInfo) -> None:
        model = f"{card.name}-{card.version}"
        self.engine_info.labels(info.running, info.device, model, info.sha256).set(1)
        if info.fell_back:
            self.provider_fallback.inc()


def frames_used(judgement: Judgement) -> int:
    """Distinct frames that were part of a judged window."""
    return len({frame.index for window in judgement.windows for frame in window.frames})
