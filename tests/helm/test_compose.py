"""compose.yaml serves this machine and nobody else."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]


def test_every_port_is_published_to_loopback_alone() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert len(ports) == 3
    assert all(port.startswith("127.0.0.1:") for port in ports)


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
