"""Faults that are put into a running service."""

import json
import os
import signal
import threading
from pathlib import Path

import httpx
from websockets.exceptions import ConnectionClosed

from tests.service import videos
from tests.service.replica import Replica
from tests.service.sessions.clients import create, greeted, upgraded

KILLS = 8
REPLAYS = 10
CROWD = 40
# A GPU that this machine has not; one worker for the network, one pass at a time; room for a crowd to wait.
VARIABLES = {
    "LIVENESS_PROVIDERS": '["cuda", "cpu"]',
    "LIVENESS_PICTURE_WORKERS": "2",
    "LIVENESS_FACE_WORKERS": "3",
    "LIVENESS_ENGINE_WORKERS": "1",
    "LIVENESS_MAX_BATCH": "1",
    "LIVENESS_DECODE_WORKERS": "1",
    "LIVENESS_DECODE_SECONDS": "5",
    "LIVENESS_DECODE_QUEUE": str(CROWD),
    "LIVENESS_MAX_PENDING": str(CROWD),
    "LIVENESS_MAX_BACKLOG_SECONDS": "600",
    "LIVENESS_DEADLINE_SECONDS": "600",
    "LIVENESS_SESSIONS__UPGRADES": "100",
}


def hang_decoders(replica: Replica, client: httpx.Client) -> None:
    """Each clip meets a decoder that hangs, and the service has to kill it."""
    for _ in range(KILLS):
        client.post("/v1/liveness", files={"clip": videos.person(8)})  # now there is one that lives
        for pid in _decoders(replica):
            os.kill(pid, signal.SIGSTOP)
        refused = client.post("/v1/liveness", files={"clip": videos.person(8)})
        assert refused.status_code == 422, refused.text


def replay_a_token(client: httpx.Client) -> None:
    """A token that was used is shown again and again."""
    made = create(client)
    url = str(client.base_url).replace("http", "ws", 1).rstrip("/")
    url += f"/v1/sessions/{made['session_id']}/stream"
    with upgraded(url, made["client_token"]) as socket:
        greeted(socket)
    for _ in range(REPLAYS):
        with upgraded(url, made["client_token"]) as socket:
            try:
                assert json.loads(socket.recv(timeout=30))["code"] == "token_used"
            except ConnectionClosed as closed:
                raise AssertionError("closed without a word") from closed


def crowd(client: httpx.Client) -> None:
    """More clips at once than one worker can see to in time."""
    clip = videos.person(30)

    def post() -> None:
        client.post("/v1/liveness", files={"clip": clip}, timeout=600)

    threads = [threading.Thread(target=post) for _ in range(CROWD)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _decoders(replica: Replica) -> list[int]:
    tasks = Path(f"/proc/{replica.process.pid}/task")
    children = [pid for task in tasks.iterdir() for pid in (task / "children").read_text().split()]
    return [int(pid) for pid in children if b"service.decode.worker" in _command(pid)]


def _command(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it has just ended
        return b""
