"""Results on their way to a store that fails, that is slow, or that the service's end does not wait for."""

import asyncio
import json
import time
from dataclasses import dataclass, field

import pytest

from service import stopping
from service.audit import NoAudit
from service.errors import StoreUnavailable
from service.examples import VERDICTS
from service.observe import Metrics
from service.schemas import Verdict
from service.sessions import delivery
from service.sessions.delivery import Delivery
from service.sessions.limits import Limits
from service.sessions.memory import MemoryStore
from service.sessions.records import Records
from service.sessions.rules import SessionRules
from service.sessions.seen import SeenBefore
from service.sessions.session import Session, State
from service.stream.limits import StreamLimits
from tests.service.sessions.slow_store import KEEPING, SlowStore

RULES = SessionRules(failures=1)
VERDICT = Verdict.model_validate_json(json.dumps(VERDICTS["attack"]))


class AnswerLost(MemoryStore):
    """Makes the first change of a result, and cannot say so."""

    lost = False

    async def swap(self, key: str, old: str, new: str, *, seconds: float) -> bool:
        swapped = await super().swap(key, old, new, seconds=seconds)
        if not self.lost:
            self.lost = True
            raise StoreUnavailable("no answer came")
        return swapped


class Broken(SlowStore):
    async def _held_up(self) -> None:
        raise ValueError("nobody thought of this")


class Stubborn(SlowStore):
    """Takes its end for a lost connection, as a Redis client does whose connection breaks meanwhile."""

    async def _held_up(self) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError as error:
            raise StoreUnavailable("cancelled") from error


@dataclass
class OneSession:
    """Its stream runs, and its result is to be brought."""

    store: MemoryStore
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self) -> None:
        self.records, limits = Records(self.store, RULES), Limits(self.store, RULES)
        self.delivery = Delivery(self.records, limits, self.metrics, NoAudit(), SeenBefore(self.store, 60))
        made = Session.new("key", ("anna",), rules=RULES, now=time.time())
        self.session = made.started(made.token_id, rules=RULES, limits=StreamLimits(), now=time.time())

    async def deliver(self) -> None:
        await self.records.add(self.session)
        await self.delivery.deliver(self.session, self.session.succeeded(VERDICT))

    @property
    def lost(self) -> float | None:
        return self.metrics.registry.get_sample_value("liveness_results_lost_total")

    async def kept(self) -> bool:
        return (await self.records.get(self.session.id)).state is State.SUCCEEDED


async def left(one: OneSession) -> None:
    """Whoever brought the result waits no longer."""
    waiting = asyncio.create_task(one.deliver())
    await asyncio.sleep(0.05)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


def test_the_end_of_the_service_waits_for_a_result_that_nobody_else_waits_for() -> None:
    async def run() -> None:
        store = SlowStore(KEEPING)
        one = OneSession(store)
        await left(one)
        asyncio.get_running_loop().call_later(0.1, store.may_answer.set)
        await one.delivery.close()
        assert await one.kept()
        assert one.lost == 0

    asyncio.run(run())


@pytest.mark.parametrize("store", [SlowStore(KEEPING), Stubborn(KEEPING)], ids=["slow", "stubborn"])
def test_the_end_of_the_service_does_not_wait_for_ever(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_CLOSING_SECONDS", 0.05)
    monkeypatch.setattr(stopping, "STOP_SECONDS", 0.05)

    async def run() -> None:
        one = OneSession(store)
        await left(one)
        await asyncio.wait_for(one.delivery.close(), 5)
        assert not await one.kept()
        assert one.lost == 1

    asyncio.run(run())


def test_a_result_whose_keeping_was_not_confirmed_is_not_lost() -> None:
    async def run() -> None:
        one = OneSession(AnswerLost())
        await one.deliver()
        await one.delivery.close()
        assert await one.kept()
        assert one.lost == 0
        assert await one.store.get("cool:anna") is not None

    asyncio.run(run())


def test_a_mistake_of_ours_loses_a_result_aloud(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        one = OneSession(Broken(KEEPING))
        await one.deliver()
        assert one.lost == 1

    asyncio.run(run())
    assert "a delivery failed" in caplog.text
