"""A run's folder has one writer at a time, and whoever comes second is told."""

from pathlib import Path

import pytest

from training.__main__ import main
from training.only_writer import FolderInUse, only_writer


def test_a_folder_is_free_again_when_its_writer_has_ended(tmp_path: Path) -> None:
    run = tmp_path / "new" / "run"
    with only_writer(run), pytest.raises(FolderInUse, match="another process writes"), only_writer(run):
        pass
    with only_writer(run):
        assert run.is_dir()


@pytest.mark.parametrize("command", ["train", "robustness"])
def test_a_second_command_into_a_folder_is_refused_and_changes_nothing(
    command: str, captures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with only_writer(tmp_path):
        assert main([command, "--data", str(captures), "--run", str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} <= {".writer.lock"}
