"""Settings come from the environment when they are asked for, and say what is wrong with them."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from service.errors import SettingsRefused
from service.settings import Provider, Settings, read_settings

ROOT = Path(__file__).parents[2]


def test_every_setting_is_an_environment_variable_with_the_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PORT": "9000", "PROVIDERS": '["cuda", "cpu"]', "REQUIRE_GPU": "true",
        "GATES__MIN_FACE_HEIGHT": "160", "LIMITS__MAX_SECONDS": "5",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"LIVENESS_{name}", value)
    settings = Settings()
    assert (settings.port, settings.require_gpu) == (9000, True)
    assert settings.providers == (Provider.CUDA, Provider.CPU)
    assert settings.gates.min_face_height == 160
    assert settings.gates.max_luma == 220
    assert settings.limits.max_seconds == 5


def test_the_weights_are_those_that_came_with_the_package_wherever_it_runs() -> None:
    assert Settings().weights == ROOT / "model" / "weights" / "compact"


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("LIVENESS_MAX_BATCH", "0", "LIVENESS_MAX_BATCH: "),
        ("LIVENESS_STREAMS__MAX_STREAMS", "-3", "LIVENESS_STREAMS__MAX_STREAMS: "),
        ("LIVENESS_ALLOWED_ORIGINS", "https://my.shop", "allowed_origins"),
        ("LIVENESS_PROVIDERS", "cuda", "JSON"),
    ],
)
def test_a_wrong_value_is_explained_by_its_variable(
    variable: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsRefused) as wrong:
        read_settings()
    assert says in str(wrong.value)
    assert "my.shop" not in str(wrong.value)


def test_importing_the_service_reads_no_environment() -> None:
    code = "import os; os.environ['LIVENESS_PORT'] = 'nonsense'; import service.app, service.__main__"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)


def test_settings_cannot_be_changed_while_the_service_runs() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1
