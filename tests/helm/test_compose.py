"""compose.yaml serves this machine and nobody else."""

import asyncio
import re
from pathlib import Path

import pytest
import yaml

from service.__main__ import main
from service.sessions.opening import open_store
from service.sessions.tokens import TokenRing
from service.settings import Settings
from service.stream.limits import StreamLimits

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]


def test_every_port_is_published_to_loopback_alone() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert len(ports) == 3
    assert all(port.startswith("127.0.0.1:") for port in ports)


def told(monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in SERVICES["liveness"]["environment"].items():
        assert name.removeprefix("LIVENESS_").lower() in Settings.model_fields
        monkeypatch.setenv(name, value)
    return Settings()


def test_the_service_is_told_what_it_needs_to_share_sessions_through_redis(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = told(monkeypatch)
    asyncio.run(open_store(settings).close())
    assert settings.store == "redis"
    assert settings.has_open_stream


def test_the_container_makes_its_token_keys_where_the_service_looks_for_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place = str(told(monkeypatch).token_keys_file)
    makes, serves = SERVICES["liveness"]["entrypoint"][-1].split(" && exec ")
    made = [word.replace(place, str(tmp_path / "keys.json")) for word in makes.split()[3:]]
    assert main(made) == 0
    assert TokenRing.read(tmp_path / "keys.json").sign("session", "token", expires=1e10)
    assert serves == "python -m service serve --host 0.0.0.0 --port 8000"


def test_open_streams_have_time_to_end_when_the_container_is_stopped() -> None:
    assert SERVICES["liveness"]["stop_grace_period"] == f"{StreamLimits().drain_seconds + 15:.0f}s"


def test_every_container_is_confined() -> None:
    for service in SERVICES.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges"]


def test_foreign_images_are_pinned_by_digest() -> None:
    for name in SERVICES.keys() - {"liveness"}:
        assert re.fullmatch(r"[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}", SERVICES[name]["image"])


def test_what_is_mounted_exists_and_prometheus_scrapes_the_port_that_the_service_is_told() -> None:
    volumes = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())]
    assert len(volumes) == 2
    assert all((ROOT / volume).is_file() for volume in volumes)
    scraped = yaml.safe_load(COMPOSE["configs"]["prometheus"]["content"])["scrape_configs"][0]
    port = SERVICES["liveness"]["environment"]["LIVENESS_METRICS_PORT"]
    assert scraped["static_configs"] == [{"targets": [f"liveness:{port}"]}]
