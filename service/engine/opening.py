"""The engine that the settings ask for."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from service.engine.embedded import open_embedded
from service.engine.serving import ServingEngine
from service.engine.triton import open_triton
from service.settings import Settings


def open_engine(
    settings: Settings, *, observe_batch: Callable[[int], None]
) -> AbstractAsyncContextManager[ServingEngine]:
    """`observe_batch` hears of batches that are made here. Entering it raises StartError."""
    if settings.engine == "triton":
        return open_triton(settings)
    return open_embedded(settings, observe_batch=observe_batch)
