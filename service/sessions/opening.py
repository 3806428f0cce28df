"""Everything about sessions that is opened once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from service.audit import Audit
from service.audit_images import AuditImages
from service.errors import StoreError, StoreUnavailable
from service.idempotency import Idempotency
from service.observe import Metrics
from service.sessions.delivery import Delivery
from service.sessions.desk import Desk
from service.sessions.door import Door
from service.sessions.limits import Limits
from service.sessions.memory import MemoryStore
from service.sessions.records import Records
from service.sessions.seen import SeenBefore
from service.sessions.store import Store
from service.sessions.tokens import TokenRing
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Sessions:
    store: Store
    desk: Desk
    door: Door
    once: Idempotency
    seen: SeenBefore


@asynccontextmanager
async def open_sessions(
    settings: Settings, metrics: Metrics, audit: Audit, images: AuditImages
) -> AsyncIterator[Sessions]:
    """Raises StoreError, TokenKeysError."""
    tokens = _tokens(settings)
    store = open_store(settings)
    await _check(store)
    rules = settings.sessions
    records, limits = Records(store, rules), Limits(store, rules)
    seen = SeenBefore(store, rules.digest_seconds)
    delivery = Delivery(records, limits, metrics, audit, seen)
    desk = Desk(records, limits, tokens, metrics, audit, images)
    door = Door(records, limits, tokens, delivery, settings.streams, metrics, audit, images)
    once = Idempotency(store, settings.deadline_seconds + 5, rules.idempotency_seconds)
    try:
        yield Sessions(store, desk, door, once, seen)
    finally:
        await delivery.close()
        await store.close()
        audit.close()


def open_store(settings: Settings) -> Store:
    """Raises StoreError."""
    if settings.store == "memory":
        return MemoryStore()
    url = _redis_url(settings)
    try:
        from service.sessions.redis_store import RedisStore  # an extra
    except ImportError as error:
        raise StoreError("LIVENESS_STORE=redis needs the extra `redis`: pip install redis") from error
    try:
        return RedisStore(url)
    except ValueError:  # whose text may hold a part of the password
        raise StoreError(
            "LIVENESS_REDIS_URL or the file that holds it is no address of a Redis "
            "(redis://:PASSWORD@HOST:PORT/0; write / and # of a password as %2F and %23)"
        ) from None


async def _check(store: Store) -> None:
    """A store that cannot be used is said at the start, not to the first client. Raises StoreError."""
    try:
        await store.get("start")
    except StoreUnavailable as error:
        await store.close()
        raise StoreError(
            f"LIVENESS_STORE=redis, but Redis cannot be used ({error.detail}): check that it runs, that "
            "LIVENESS_REDIS_URL (or the file that holds it) names its host, port, user and password, and "
            "that no network policy is in between"
        ) from error


def _redis_url(settings: Settings) -> str:
    if settings.redis_url is not None and settings.redis_url_file is not None:
        raise StoreError("LIVENESS_REDIS_URL and LIVENESS_REDIS_URL_FILE are both set: leave one out")
    if settings.redis_url is not None:
        return settings.redis_url.get_secret_value()
    if settings.redis_url_file is None:
        raise StoreError(
            "LIVENESS_STORE=redis needs LIVENESS_REDIS_URL=redis://host:6379/0, or the name of a file that "
            "holds it in LIVENESS_REDIS_URL_FILE"
        )
    try:
        return settings.redis_url_file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"LIVENESS_REDIS_URL_FILE cannot be read: {error}") from error


def _tokens(settings: Settings) -> TokenRing:
    if settings.token_keys_file is not None:
        return TokenRing.read(settings.token_keys_file)
    if settings.store != "memory":
        raise StoreError(
            "replicas have to know each other's tokens: make a key with `python -m service keys signing "
            "--file tokens.json` and set LIVENESS_TOKEN_KEYS_FILE=tokens.json for all of them"
        )
    return TokenRing.of_this_process()
