"""POST /v1/liveness: a clip in, a verdict out."""

import asyncio
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from service.access import Caller
from service.assessment import Assessment
from service.audit import AuditEvent
from service.audit_images import jpegs_of
from service.documented import ANSWERED, UPLOAD, problems
from service.errors import (
    BadRequest,
    BodyTooLarge,
    ClipTooLong,
    DeadlineExceeded,
    EmptyBody,
    Forbidden,
    IdempotencyInProgress,
    IdempotencyMismatch,
    LivenessError,
    Overloaded,
    PictureTooLarge,
    RequestTooSlow,
    StoreUnavailable,
    Unauthorized,
    UnreadableClip,
    UnsupportedMedia,
)
from service.idempotency import AnsweredBefore
from service.keys import Scope
from service.routes.dependencies import IdempotencyKey, RunningService, needs
from service.runtime import Runtime
from service.schemas import Verdict
from service.uploads import read_upload
from service.verdicts import verdict

router = APIRouter(tags=["liveness"])

_REFUSALS: Final = problems(
    BadRequest, EmptyBody, Unauthorized, Forbidden, RequestTooSlow, BodyTooLarge, UnsupportedMedia,
    UnreadableClip, ClipTooLong, PictureTooLarge, IdempotencyMismatch, IdempotencyInProgress, LivenessError,
    StoreUnavailable, Overloaded, DeadlineExceeded,
)  # fmt: skip
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {200: ANSWERED, **_REFUSALS}


@router.post("/v1/liveness", responses=_ANSWERS, openapi_extra=UPLOAD, response_model_exclude_unset=True)
async def judge_liveness(
    request: Request,
    runtime: RunningService,
    response: Response,
    caller: Annotated[Caller, needs(Scope.LIVENESS_CHECK)],
    idempotency_key: IdempotencyKey = None,
    depth_maps: Annotated[bool, Query(description="adds each window's depth maps as PNGs")] = False,
) -> Verdict:
    """Judges whether a living face was in front of the camera.

    An attack is a 200 with a decision; `undecided` is a 200 with reasons.
    """
    if depth_maps and idempotency_key is not None:
        raise BadRequest("depth maps are never kept: ask for them without an Idempotency-Key")
    once = runtime.sessions.once.of(caller, idempotency_key)

    async def read() -> bytes:
        data = await read_upload(request)
        await once.begin(data)
        return data

    try:
        async with once:
            assessment = await runtime.assessor.assess(read)
            engine = runtime.engine
            said = await asyncio.to_thread(
                verdict, assessment, engine.card, engine.info, depth_maps=depth_maps
            )
            said = await runtime.sessions.seen.marked(said)
            await once.end(said)
    except AnsweredBefore as answered:
        response.headers["Idempotency-Replayed"] = "true"
        return answered.verdict
    runtime.audit.record(AuditEvent.CLIP_JUDGED, key=caller.name, digest=said.digest, decision=said.decision)
    await _keep_images(runtime, assessment)
    return said


async def _keep_images(runtime: Runtime, assessment: Assessment) -> None:
    """Named by the clip's digest, as the audit's line names it."""
    if runtime.images.count:
        pictures = await asyncio.to_thread(jpegs_of, assessment.clip.frames, runtime.images.count)
        await runtime.images.keep(f"clip-{assessment.digest}", pictures)
