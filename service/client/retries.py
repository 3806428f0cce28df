"""When a request is sent again, and after how long. Nothing here sends."""

import random
from dataclasses import dataclass
from typing import Final

from service.client.errors import NOT_THE_SERVICE, ClientError, ConnectionLost, ServiceRefused

# Refused before any work was done: the same request may be sent again, with or without an Idempotency-Key.
_NOT_BEGUN: Final = frozenset({"overloaded", "store_unavailable", "rate_limited"})
# The first request is in work, or its answer is lost: to ask again is what an Idempotency-Key is for.
_IN_WORK: Final = "idempotency_in_progress"
# Said by a proxy in its own name, which found no service or lost its answer: nobody knows what was done.
_BY_A_PROXY: Final = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class Retries:
    """`Retries(attempts=1)` never asks twice."""

    attempts: int = 3  # requests at most, the first included
    first_wait: float = 0.5  # seconds; doubles each time, and a random part of it is waited
    longest_wait: float = 10.0  # seconds; where the service asks for more, the caller is told instead

    def wait_for(self, attempt: int, error: ClientError, *, repeatable: bool) -> float | None:
        """Seconds to wait after the `attempt`-th request (from 1) failed with `error`; None: give up.

        `repeatable` requests may be sent again although the first may have been answered: reading, or
        anything with an Idempotency-Key.
        """
        if attempt >= self.attempts or not _may_come_again(error, repeatable=repeatable):
            return None
        backoff = min(self.first_wait * 2.0 ** (attempt - 1), self.longest_wait)
        asked = getattr(error, "retry_after", None) or 0
        if asked > self.longest_wait:
            return None
        return float(asked) + random.uniform(0.5, 1.0) * backoff


def _may_come_again(error: ClientError, *, repeatable: bool) -> bool:
    if isinstance(error, ConnectionLost):
        return repeatable
    if not isinstance(error, ServiceRefused):
        return False
    if error.code == NOT_THE_SERVICE:
        return repeatable and error.status in _BY_A_PROXY
    return error.code in _NOT_BEGUN or (repeatable and error.code == _IN_WORK)
