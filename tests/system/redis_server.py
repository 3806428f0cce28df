"""A real Redis of its own for the tests, on a free port of this machine."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.needs import missing
from tests.service.ports import free_port


@dataclass
class RedisServer:
    """It can be stopped and started again, with its memory gone."""

    port: int
    folder: Path
    password: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        options += ["--requirepass", self.password] if self.password else []
        command = ["redis-server", *options, "--dir", str(self.folder), "--logfile", "redis.log"]
        self.process = subprocess.Popen(command)
        for _ in range(1200):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("redis-server did not start")

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def running_redis(folder: Path, *, password: str = "") -> Iterator[RedisServer]:
    """Skips where there is no redis-server; in CI that is a failure."""
    if shutil.which("redis-server") is None:
        missing("redis-server is missing: apt-get install redis-server")
    server = RedisServer(free_port(), folder, password)
    server.start()
    try:
        yield server
    finally:
        server.stop()
