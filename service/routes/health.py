"""For the orchestrator: is the process alive, has it started, may it be given work."""

from fastapi import APIRouter, Response

from service.routes.dependencies import RunningService
from service.schemas import EngineState, Health, Readiness

router = APIRouter(tags=["health"])


@router.get("/livez")
async def livez() -> Health:
    """Whether the process answers; it looks at nothing else."""
    return Health(status="ok")


@router.get("/startupz")
async def startupz(_runtime: RunningService) -> Health:
    """Whether the weights are loaded, compared and warmed up: before, nothing is answered at all."""
    return Health(status="ok")


@router.get("/readyz", responses={503: {"model": Readiness, "description": "no new work is taken"}})
async def readyz(runtime: RunningService, response: Response) -> Readiness:
    """Whether new work is taken, and what runs the network."""
    if runtime.draining:
        response.status_code = 503
    return Readiness(ready=not runtime.draining, engine=EngineState.of(runtime.engine.info))
