"""Whether the very same bytes were judged before: of a camera they never are."""

from dataclasses import dataclass

from service.errors import StoreUnavailable
from service.schemas import Verdict
from service.sessions.store import Store


@dataclass(frozen=True, slots=True)
class SeenBefore:
    store: Store
    seconds: float  # that a digest is remembered

    async def marked(self, verdict: Verdict) -> Verdict:
        """The verdict with `seen_before`; without the store it is not known, and that is no error."""
        seen: bool | None
        try:
            seen = not await self.store.add(f"seen:{verdict.digest}", "1", seconds=self.seconds)
        except StoreUnavailable:
            seen = None
        if verdict.signals is None:
            return verdict
        signals = verdict.signals.model_copy(update={"seen_before": seen})
        return verdict.model_copy(update={"signals": signals})
