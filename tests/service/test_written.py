"""Everything that a service writes while it is used and misused, looked through for what must not be."""

import base64
import json
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from model.bundle import default_path
from service.keys import KeyRing, Scope
from service.sessions.tokens import new_token_key
from service.stream.codec import Codec, pack
from tests.service import videos
from tests.service.commands.test_serve import ROOT, wait_until_ready
from tests.service.serving import TINY
from tests.service.sessions.clients import closing, create, greeted, refusal, upgraded
from tests.service.stream.talking import Talker, person

SUBJECT, DEVICE, ONCE = "anna.miller@example.org", "device-7781-aa", "order-4711-idempotent"
JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG"
IN_BASE64 = (b"/9j/", b"iVBORw0KGgo", b"data:image")
# As repr and hexadecimal dumps show the start of a JPEG.
SPELT = (b"\\xff\\xd8\\xff", b"ff d8 ff", b"ffd8ff")
# Landmarks, pixels and features are rows of numbers; no line of a log has four of them.
NUMBERS = re.compile(rb"(?:-?\d+(?:\.\d+)?(?:e-?\d+)?[,\s]+){3,}-?\d+\.\d")


@dataclass
class Used:
    """What a service was told in confidence, and all that it wrote meanwhile, by where."""

    secrets: dict[str, str] = field(default_factory=dict)
    written: dict[str, bytes] = field(default_factory=dict)


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Used:
    """At the level of its log that says most."""
    config, home = tmp_path_factory.mktemp("config"), tmp_path_factory.mktemp("home")
    ring, key = KeyRing().with_new("shop", frozenset(Scope))
    ring.write(config / "keys.json")
    signing = new_token_key()
    (config / "tokens.json").write_text(json.dumps({"keys": [signing]}))
    used = Used({"API key": key, "its secret": key.split("_", 2)[2], "signing key": signing["k"]})
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIVENESS_")} | {
        "LIVENESS_WEIGHTS": str(TINY), "LIVENESS_LOG_LEVEL": "debug", "LIVENESS_DECODE_WORKERS": "1",
        "LIVENESS_KEYS_FILE": str(config / "keys.json"), "LIVENESS_AUDIT_FILE": str(home / "audit.jsonl"),
        "LIVENESS_TOKEN_KEYS_FILE": str(config / "tokens.json"), "LIVENESS_OPEN_STREAM": "true",
        "TMPDIR": str(home), "HOME": str(home), "MPLCONFIGDIR": str(config),  # MediaPipe's list of fonts
        "LIVENESS_FACE_BUNDLE": str(default_path()), "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    command = [sys.executable, "-m", "service", "serve", "--port", str(port)]
    with (config / "stdout").open("wb") as out, (config / "stderr").open("wb") as err:
        server = subprocess.Popen(command, cwd=home, env=environment, stdout=out, stderr=err)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            wait_until_ready(client, server)
            client.headers["Authorization"] = f"Bearer {key}"
            used.secrets |= use(client)
            used.written["metrics"] = client.get("/metrics").content
            server.send_signal(signal.SIGTERM)
            server.wait(60)
    finally:
        server.kill()
        server.wait()
    used.written |= {name: (config / name).read_bytes() for name in ("stdout", "stderr")}
    for path in home.rglob("*"):
        if path.is_file():
            used.written[str(path.relative_to(home))] = path.read_bytes()
    return used


def use(client: httpx.Client) -> dict[str, str]:
    """Sessions, streams and clips, good and bad; the secrets that came up."""
    once = {"Idempotency-Key": ONCE}
    made = create(client, json={"subject_ref": SUBJECT, "device_ref": DEVICE}, headers=once)
    with upgraded(made["ws_url"], made["client_token"]) as stream:
        resume = greeted(stream)["resume_token"]
        Talker(stream).send_patiently(person(12))
        stream.send(json.dumps({"type": "end"}))
        closing(stream)
    refusal(made["ws_url"], made["client_token"])
    refusal(made["ws_url"], resume, kind="resume")
    client.get(f"/v1/sessions/{made['session_id']}")
    client.delete(f"/v1/sessions/{made['session_id']}")
    misuse(create(client, json={"subject_ref": SUBJECT}))
    client.post("/v1/liveness", content=videos.person(30), headers=once, params={"depth_maps": "false"})
    client.post("/v1/liveness", files={"clip": (SUBJECT, videos.person(8))}, params={"depth_maps": True})
    client.post("/v1/liveness", content=person(1)[0])
    client.post("/v1/sessions", json={"subject_ref": [SUBJECT], "device_ref": DEVICE})
    client.get(
        f"/v1/liveness/{SUBJECT}", params={"who": SUBJECT}, headers={"X-Request-ID": f"{SUBJECT} {DEVICE}"}
    )
    client.get("/v1/sessions/x", headers={"Authorization": f"Bearer {client.headers['authorization'][7:]}x"})
    tokens = {"client token": made["client_token"], "resume token": resume}
    signatures = {f"{name}'s signature": token.rpartition(".")[2] for name, token in tokens.items()}
    return tokens | signatures | {"subject": SUBJECT, "device": DEVICE, "idempotency key": ONCE}


def misuse(made: dict[str, Any]) -> None:
    """Pictures where none belong, and a stream of its own with everything that it tells."""
    broken = [person(1)[0][:3000], SUBJECT.encode() * 40]
    for picture in broken:
        with upgraded(made["ws_url"].replace(f"sessions/{made['session_id']}/", ""), "x") as stream:
            stream.send(
                json.dumps({"type": "hello", "version": 1, "width": 9, "height": 9, "fps": 9, "trace": True})
            )
            Talker(stream).until("ready")
            stream.send(pack(picture, codec=Codec.JPEG, sequence=0, captured=0))
            closing(stream)
    with upgraded(made["ws_url"], made["client_token"]) as stream, suppress(ConnectionClosed):
        stream.send(json.dumps({"type": "hello", "name": SUBJECT}))
        closing(stream)


def test_the_scenario_was_written_about_everywhere(used: Used) -> None:
    assert used.written["stderr"].count(b"\n") > 20
    assert used.written["audit.jsonl"].count(b"\n") > 5
    assert b'liveness_requests_total{code="200"' in used.written["metrics"]
    assert b'"code": "bad_picture"' in used.written["stderr"] or b"4400" in used.written["metrics"]


def test_only_the_audit_is_written_to_a_file(used: Used) -> None:
    assert used.written.keys() == {"stdout", "stderr", "metrics", "audit.jsonl"}
    assert used.written["stdout"] == b""


def test_no_token_key_or_reference_is_written(used: Used) -> None:
    for where, text in used.written.items():
        for name, secret in used.secrets.items():
            for spelt in (
                secret.encode(),
                base64.b64encode(secret.encode()).rstrip(b"="),
                secret.encode().hex().encode(),
            ):
                assert spelt not in text, f"{name} in {where}"


def test_no_pixel_is_written(used: Used) -> None:
    for where, text in used.written.items():
        for start in (JPEG, PNG, *IN_BASE64, *SPELT):
            assert start not in text, where


def test_no_landmark_is_written(used: Used) -> None:
    for where, text in used.written.items():
        lines = (line for line in text.splitlines() if b"landmark" in line.lower() or NUMBERS.search(line))
        assert list(lines) == [], where
