"""POST /v1/liveness: a clip in, a verdict out."""

import asyncio
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request

from service.access import Caller
from service.documented import ANSWERED, UPLOAD, problems
from service.errors import (
    BadRequest,
    BodyTooLarge,
    ClipTooLong,
    DeadlineExceeded,
    EmptyBody,
    Forbidden,
    LivenessError,
    Overloaded,
    PictureTooLarge,
    Unauthorized,
    UnreadableClip,
    UnsupportedMedia,
)
from service.keys import Scope
from service.routes.dependencies import RunningService, needs
from service.schemas import Verdict
from service.uploads import read_upload
from service.verdicts import verdict

router = APIRouter(tags=["liveness"])

_REFUSALS: Final = problems(
    BadRequest, EmptyBody, Unauthorized, Forbidden, BodyTooLarge, UnsupportedMedia, UnreadableClip,
    ClipTooLong, PictureTooLarge, LivenessError, Overloaded, DeadlineExceeded,
)  # fmt: skip
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {200: ANSWERED, **_REFUSALS}


@router.post("/v1/liveness", responses=_ANSWERS, openapi_extra=UPLOAD, response_model_exclude_unset=True)
async def judge_liveness(
    request: Request,
    runtime: RunningService,
    _caller: Annotated[Caller, needs(Scope.LIVENESS_CHECK)],
    depth_maps: Annotated[bool, Query(description="adds each window's depth maps as PNGs")] = False,
) -> Verdict:
    """Judges whether a living face was in front of the camera.

    An attack is a 200 with a decision; `undecided` is a 200 with reasons.
    """
    assessment = await runtime.assessor.assess(lambda: read_upload(request))
    engine = runtime.engine
    return await asyncio.to_thread(verdict, assessment, engine.card, engine.info, depth_maps=depth_maps)
