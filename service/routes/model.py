"""GET /v1/model: which weights judge, by which rules, on what."""

from fastapi import APIRouter

from service.routes.dependencies import RunningService
from service.schemas import EngineState, ModelDescription

router = APIRouter(tags=["liveness"])


@router.get("/v1/model")
async def describe_model(runtime: RunningService) -> ModelDescription:
    """The model card, a calibration's origin, the quality gates, a clip's limits, the running provider."""
    info = runtime.engine.info
    return ModelDescription(
        card=runtime.engine.card,
        calibration=info.calibration,
        sha256=info.sha256,
        files=info.files,
        gates=runtime.settings.gates,
        limits=runtime.settings.limits,
        engine=EngineState.of(info),
    )
