"""What keeps a service from starting is said in one line by the real command, which then ends."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.sessions.tokens import new_token_key
from tests.service.serving import TINY
from tests.system.redis_server import RedisServer, running_redis

ROOT = Path(__file__).parents[2]
START_SECONDS = 300
TOKENS = {"STORE": "redis", "TOKEN_KEYS_FILE": "{folder}/tokens.json"}
REDIS = TOKENS | {"REDIS_URL": "redis://:secret@127.0.0.1:9/0"}
REFUSED = {
    "an API key file that is not there": ({"KEYS_FILE": "{folder}/none.json"}, "{folder}/none.json"),
    "token keys that are not there": (REDIS | {"TOKEN_KEYS_FILE": "{folder}/none"}, "{folder}/none"),
    "no token keys at all": ({"STORE": "redis", "REDIS_URL": "redis://127.0.0.1:9/0"}, "keys signing"),
    "a Redis that nobody named": (TOKENS, "REDIS_URL_FILE"),
    "a Redis that is not there": (REDIS, "Redis cannot be used (ConnectionError)"),
    "a file with Redis's URL that is not there": (
        TOKENS | {"REDIS_URL_FILE": "{folder}/none"}, "LIVENESS_REDIS_URL_FILE",
    ),
    "two places for Redis's URL": (REDIS | {"REDIS_URL_FILE": "{folder}/url"}, "leave one out"),
    "a URL that is none": (REDIS | {"REDIS_URL": "redis.example:6379"}, "LIVENESS_REDIS_URL"),
    "a GPU that is not there": ({"PROVIDERS": '["cuda"]', "REQUIRE_GPU": "true"}, "LIVENESS_REQUIRE_GPU"),
    "a Triton that is not there": (
        {"ENGINE": "triton", "TRITON_URL": "127.0.0.1:9", "TRITON_WAIT_SECONDS": "0"}, "LIVENESS_TRITON_URL",
    ),
    "a Triton that nobody named": ({"ENGINE": "triton"}, "LIVENESS_TRITON_URL=host:8001"),
    "weights that are not there": ({"WEIGHTS": "{folder}"}, "LIVENESS_WEIGHTS"),
    "an engine that there is not": ({"ENGINE": "tritton"}, "LIVENESS_ENGINE"),
    "a collector's address that is none": ({"OTLP_ENDPOINT": "collector:4318"}, "LIVENESS_OTLP_ENDPOINT"),
    "an audit file in a folder that is not there": ({"AUDIT_FILE": "{folder}/none/a"}, "{folder}/none/a"),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("start")
    (made / "tokens.json").write_text(f'{{"keys": [{new_token_key()!r}]}}'.replace("'", '"'))
    (made / "url").write_text("redis://127.0.0.1:9/0\n")
    return made


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with running_redis(tmp_path_factory.mktemp("redis"), password="right") as server:
        yield server


def refusal(folder: Path, told: dict[str, str]) -> str:
    """The one line of a service that did not start."""
    variables = {f"LIVENESS_{name}": value.replace("{folder}", str(folder)) for name, value in told.items()}
    ended = subprocess.run(
        [sys.executable, "-m", "service", "serve", "--port", "0"], cwd=ROOT, timeout=START_SECONDS,
        env=os.environ | {"LIVENESS_WEIGHTS": str(TINY)} | variables, capture_output=True, text=True,
    )  # fmt: skip
    assert ended.returncode == 2, ended.stderr
    assert "Traceback" not in ended.stderr
    (line,) = re.findall(r"^not started: .+$", ended.stderr, re.M)
    return str(line)


@pytest.mark.parametrize("fault", REFUSED)
def test_the_service_says_what_keeps_it_from_starting(fault: str, folder: Path) -> None:
    told, said = REFUSED[fault]
    line = refusal(folder, told)
    assert said.replace("{folder}", str(folder)) in line
    assert "secret" not in line


def test_a_wrong_password_of_redis_is_told_apart_and_not_shown(folder: Path, redis: RedisServer) -> None:
    wrong = redis.url.replace("right", "wrong")
    line = refusal(folder, REDIS | {"REDIS_URL": wrong})
    assert "AuthenticationError" in line
    assert "wrong" not in line
