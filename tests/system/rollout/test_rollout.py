"""Two replicas are replaced one after the other under load, and nobody who uses them notices a fault.

As in a cluster: a new pod is ready before an old one is told to go; proxies learn a little late that it
goes; it still serves while `preStop` sleeps; then it has its grace period.
"""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from service.sessions.tokens import new_token_key
from service.stream.closes import Close
from tests.service.replica import Replica
from tests.service.serving import TINY
from tests.service.sessions.clients import create
from tests.service.stream.talking import person, talking
from tests.system.redis_server import running_redis
from tests.system.rollout.load import Load, under_load
from tests.system.rollout.proxy import Proxy, proxying

LATE_SECONDS = 0.5  # until the proxies have heard
PRE_STOP_SECONDS = 3.0
STREAM_SECONDS = 60  # the longest session, and so what a drain waits for
GRACE_SECONDS = STREAM_SECONDS + 15  # after preStop, as the chart sets it
FRAMES = 25


@pytest.fixture
def variables(tmp_path: Path) -> Iterator[dict[str, str]]:
    tokens = tmp_path / "tokens.json"
    tokens.write_text(json.dumps({"keys": [new_token_key()]}))
    with running_redis(tmp_path) as redis:
        yield {
            "LIVENESS_WEIGHTS": str(TINY),
            "LIVENESS_STORE": "redis",
            "LIVENESS_REDIS_URL": redis.url,
            "LIVENESS_TOKEN_KEYS_FILE": str(tokens),
            "LIVENESS_SESSIONS__PER_KEY": "100000",
            "LIVENESS_STREAMS__MAX_SECONDS": str(STREAM_SECONDS),
            "LIVENESS_STREAMS__DRAIN_SECONDS": str(STREAM_SECONDS),
            # A busy machine is late; that is not what this is about.
            "LIVENESS_STREAMS__LATE_SECONDS": "60",
            "LIVENESS_STREAMS__MAX_LAG_SECONDS": "60",
            "LIVENESS_STREAMS__IDLE_SECONDS": "60",
            "LIVENESS_DEADLINE_SECONDS": "60",
            "LIVENESS_DECODE_WORKERS": "1",
            "LIVENESS_FACE_WORKERS": "1",
        }


def replace(old: Replica, new: Replica, proxy: Proxy) -> float:
    """The seconds that the old one took after SIGTERM."""
    proxy.targets.append(new.port)
    time.sleep(LATE_SECONDS)
    proxy.targets.remove(old.port)
    time.sleep(PRE_STOP_SECONDS - LATE_SECONDS)
    return old.end(within=GRACE_SECONDS)


def test_an_update_of_both_replicas_under_load_fails_no_request_and_loses_no_stream(
    variables: dict[str, str], tmp_path: Path
) -> None:
    with ExitStack() as stack:
        proxy = stack.enter_context(proxying())
        load = Load(f"http://127.0.0.1:{proxy.port}")

        def another(number: int) -> Replica:
            replica = Replica.started(tmp_path / f"{number}.log", variables)
            stack.callback(replica.kill)
            return replica

        first, second = another(1), another(2)
        proxy.targets += [first.port, second.port]
        with under_load(load, people=2, frames=FRAMES):
            time.sleep(5)
            took = [replace(old, another(number), proxy) for number, old in ((3, first), (4, second))]
            time.sleep(5)
    assert load.faults == []
    assert load.answers.keys() == {200}
    assert load.verdicts > 0
    # A stream that a busy machine did not get through in time has a verdict, too.
    assert load.closes.keys() <= {Close.DONE, Close.TIMEOUT, Close.DRAINING}
    assert load.finished >= 4
    assert load.closes[Close.DONE] + load.closes[Close.TIMEOUT] == load.finished
    assert max(took) < GRACE_SECONDS
    for replica in (first, second):
        assert replica.process.returncode in (0, -15)
        assert "Traceback" not in replica.said()


def test_a_stream_that_outlasts_the_drain_is_told_to_come_back_and_does_so_elsewhere(
    variables: dict[str, str], tmp_path: Path
) -> None:
    variables |= {"LIVENESS_STREAMS__DRAIN_SECONDS": "3", "LIVENESS_STREAMS__MAX_SECONDS": "60"}
    with ExitStack() as stack:
        old, new = (Replica.started(tmp_path / f"{number}.log", variables) for number in (1, 2))
        stack.callback(old.kill)
        stack.callback(new.kill)
        here = stack.enter_context(old.client())
        there = stack.enter_context(new.client())
        made = create(here)
        path = f"/v1/sessions/{made['session_id']}/stream"
        with talking(here, f"token.{made['client_token']}", path=path) as talker:
            talker.begin()
            talker.send_patiently(person(4))
            old.process.terminate()
            assert talker.until("draining")["seconds"] == 3
            assert talker.until("error")["code"] == "draining"
            assert talker.hear() is None
        assert talker.close == Close.DRAINING
        assert old.process.wait(GRACE_SECONDS) in (0, -15)
        made = create(there)
        path = f"/v1/sessions/{made['session_id']}/stream"
        with talking(there, f"token.{made['client_token']}", path=path) as talker:
            talker.begin()
            talker.send_patiently(person(13))
            assert talker.finish()["type"] == "outcome"
        assert there.get(f"/v1/sessions/{made['session_id']}").json()["status"] == "SUCCEEDED"
