"""A real Prometheus of its own for the tests, on a free port of this machine, that looks often."""

import json
import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.service.ports import free_port
from tests.system.tools.catalogue import ROOT, Tool, require

RULES = ROOT / "helm" / "liveness" / "files" / "rules.yaml"
WAIT_SECONDS = 300.0
PATIENCE = "15s"  # in place of minutes; a scrape or two may fail on a busy machine


@dataclass(frozen=True)
class Prometheus:
    url: str

    def ask(self, query: str) -> list[dict[str, Any]]:
        answer = httpx.get(f"{self.url}/api/v1/query", params={"query": query}, timeout=30).json()
        assert answer["status"] == "success", f"{query}: {answer}"
        result: list[dict[str, Any]] = answer["data"]["result"]
        return result

    def firing(self) -> set[str]:
        """The alerts of which somebody hears now."""
        return {each["metric"]["alertname"] for each in self.ask('ALERTS{alertstate="firing"}')}

    def ever_fired(self) -> set[str]:
        fired = self.ask('count_over_time(ALERTS{alertstate="firing"}[1h])')
        return {each["metric"]["alertname"] for each in fired}

    def wait_for(self, query: str, *, seconds: float = WAIT_SECONDS) -> None:
        """Until the query has an answer."""
        end = time.monotonic() + seconds
        while not self.ask(query):
            if time.monotonic() > end:
                pytest.fail(f"no answer within {seconds} s: {query}")
            time.sleep(0.5)


@contextmanager
def watching(ports: Sequence[int], folder: Path) -> Iterator[Prometheus]:
    """Scrapes /metrics on `ports`, and evaluates the chart's rules with little patience (`for`)."""
    impatient = re.sub(r"(?m)^( +)for: \w+$", rf"\1for: {PATIENCE}", RULES.read_text())
    (folder / "rules.yaml").write_text(impatient)
    targets = [f"127.0.0.1:{port}" for port in ports]
    (folder / "prometheus.yml").write_text(
        json.dumps(
            {
                "global": {"scrape_interval": "2s", "scrape_timeout": "2s", "evaluation_interval": "1s"},
                "rule_files": ["rules.yaml"],
                "scrape_configs": [{"job_name": "liveness", "static_configs": [{"targets": targets}]}],
            }
        )
    )
    port = free_port()
    command = [
        require(Tool.PROMETHEUS), f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address=127.0.0.1:{port}",
    ]  # fmt: skip
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield _ready(Prometheus(f"http://127.0.0.1:{port}"), process, folder / "prometheus.log")
    finally:
        process.terminate()
        process.wait(30)


def _ready(prometheus: Prometheus, process: subprocess.Popen[bytes], log: Path) -> Prometheus:
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        try:
            if httpx.get(f"{prometheus.url}/-/ready", timeout=5).status_code == httpx.codes.OK:
                return prometheus
        except httpx.TransportError:
            time.sleep(0.2)
    pytest.fail(f"Prometheus is not ready: {log.read_text()[-2000:]}")
