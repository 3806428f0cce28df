"""Everything that is opened once and serves all requests, in the order in which it is needed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from service.access import Access, open_access
from service.assessment import Assessor
from service.audit import Audit, AuditEvent, open_audit
from service.audit_images import AuditImages, open_audit_images
from service.backlog import Backlog
from service.decode.pool import open_decoders
from service.engine.opening import open_engine
from service.engine.serving import ServingEngine
from service.faces import FacePool, open_faces
from service.observe import Metrics
from service.sessions.opening import Sessions, open_sessions
from service.settings import Settings
from service.stream.hub import StreamHub, open_streams


@dataclass(slots=True)
class Runtime:
    """One service that is warmed up."""

    settings: Settings
    metrics: Metrics
    engine: ServingEngine
    faces: FacePool
    assessor: Assessor
    access: Access
    streams: StreamHub
    audit: Audit
    images: AuditImages
    sessions: Sessions

    @property
    def draining(self) -> bool:
        return self.assessor.draining

    def drain(self) -> None:
        """From now on readiness is false and no new clip is taken; what is in work is finished."""
        self.assessor.draining = True
        self.streams.drain()
        self.metrics.draining.set(1)


@asynccontextmanager
async def open_runtime(settings: Settings, metrics: Metrics) -> AsyncIterator[Runtime]:
    """Loads, compares, warms up; closes in the opposite order. Raises StartError."""
    access = open_access(settings.keys_file)
    audit = open_audit(settings.audit_file, observe_lost=metrics.audit_lost.inc)
    async with (
        open_audit_images(settings.audit_images) as images,
        open_sessions(settings, metrics, audit, images) as sessions,
        open_engine(settings, observe_batch=metrics.batch_size.observe) as engine,
        open_faces(settings.face_bundle, workers=settings.face_workers) as faces,
        open_decoders(
            settings,
            engine.card.sampling,
            observe_kill=lambda kill: metrics.decoder_kills.labels(kill).inc(),
        ) as decoders,
        open_streams(settings, faces=faces, engine=engine, metrics=metrics) as streams,
    ):
        metrics.show_engine(engine.card, engine.info)
        assessor = Assessor(
            decoders=decoders,
            faces=faces,
            engine=engine,
            aside=streams.judge.aside,
            gates=settings.gates,
            metrics=metrics,
            deadline_seconds=settings.deadline_seconds,
            max_pending=settings.max_pending,
            backlog=Backlog(settings.max_backlog_seconds, settings.face_workers),
            early=settings.early_decision,
        )
        audit.record(AuditEvent.STARTED, model=engine.info.sha256)
        yield Runtime(settings, metrics, engine, faces, assessor, access, streams, audit, images, sessions)
