"""What the service counts: Prometheus metrics, one registry per app. Labels hold no ids, values no pixels."""

from functools import partial
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from model.card import ModelCard
from model.verdict import Judgement
from service.engine.serving import EngineInfo
from service.stream.closes import Close
from service.timeline import Stage

# Ours, and those by which clients leave: going away, no code, no goodbye.
_CLOSES: Final = frozenset((*Close, 1001, 1005, 1006))
_STAGE_BUCKETS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
_SCORE_BUCKETS: Final = tuple(round(0.05 * i, 2) for i in range(1, 21))
_LAG_BUCKETS: Final = (0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 2, 5)
_BATCH_BUCKETS: Final = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64)


class Metrics:
    """The instruments of service.md section 6 that apply to clips; streams and sessions add theirs."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        counter = partial(Counter, registry=self.registry)
        gauge = partial(Gauge, registry=self.registry)
        histogram = partial(Histogram, registry=self.registry)
        seconds = partial(histogram, buckets=_STAGE_BUCKETS)

        self.requests = counter("liveness_requests", "Answered requests", ["endpoint", "code"])
        self.rejected = counter("liveness_rejected", "Requests without a verdict, by code", ["reason"])
        self.pending = gauge("liveness_pending_requests", "Clips in work or waiting")
        self.draining = gauge("liveness_draining", "1 while no new work is taken")
        self.sessions_active = gauge("liveness_sessions_active", "Streams that are open")
        self.sessions_created = counter("liveness_sessions_created", "Sessions that were made")
        self.sessions_expired = counter("liveness_sessions_expired", "Upgrades that came too late")
        self.sessions_replayed = counter("liveness_sessions_replayed", "Upgrades with a used token")
        self.results_lost = counter("liveness_results_lost", "Results that the store could not be given")
        self.audit_lost = counter("liveness_audit_lost", "Lines that the audit file could not be given")
        self.ws_closes = counter("liveness_ws_closes", "Streams that ended, by close code", ["code"])

        self.decisions = counter("liveness_decisions", "Verdicts", ["decision", "channel"])
        self.score = histogram(
            "liveness_score", "Living score, where a decision was due", buckets=_SCORE_BUCKETS
        )
        self.frames = counter("liveness_frames", "Frames by what became of them", ["result"])
        self.quality = counter("liveness_quality", "Sampled frames that a gate kept back", ["code"])
        self.decoder_kills = counter(
            "liveness_decoder_kills", "Decoding processes that a clip ended", ["reason"]
        )

        self.stage_seconds = seconds("liveness_stage_seconds", "Time of one pass of a stage", ["stage"])
        self.queue_wait = seconds("liveness_queue_wait_seconds", "Wait for a face finder or for the engine")
        self.lag = histogram(
            "liveness_lag_seconds", "From a stream's frame to the score of its window", buckets=_LAG_BUCKETS
        )
        self.batch_size = histogram("liveness_batch_size", "Items in one pass", buckets=_BATCH_BUCKETS)
        engine_labels = ["provider", "device", "model", "sha256"]
        self.engine_info = gauge("liveness_engine_info", "What runs the network", engine_labels)
        self.provider_fallback = counter(
            "liveness_provider_fallback", "Starts on another provider than asked for"
        )

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

    def observe_close(self, code: int) -> None:
        """A client may close with any code; what none of ours means is one label, whatever it is."""
        self.ws_closes.labels(str(int(code)) if code in _CLOSES else "other").inc()

    def show_engine(self, card: ModelCard, info: EngineInfo) -> None:
        model = f"{card.name}-{card.version}"
        self.engine_info.labels(info.running, info.device, model, info.sha256).set(1)
        if info.fell_back:
            self.provider_fallback.inc()


def frames_used(judgement: Judgement) -> int:
    """Distinct frames that were part of a judged window."""
    return len({frame.index for window in judgement.windows for frame in window.frames})
