"""python -m service check: REST's verdict in a terminal."""

import csv
import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import cv2
import httpx
import pytest

from service.__main__ import main
from tests.model.test_calibration import CALIBRATION
from tests.service import videos
from tests.service.serving import TINY


@pytest.fixture(autouse=True)
def _tiny_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"WEIGHTS": TINY, "DECODE_WORKERS": 1, "FACE_WORKERS": 1}.items():
        monkeypatch.setenv(f"LIVENESS_{name}", str(value))


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    folder = tmp_path / "clips"
    (folder / "deeper").mkdir(parents=True)
    (folder / "a.mp4").write_bytes(videos.person())
    (folder / "deeper" / "b.MP4").write_bytes(videos.black())
    (folder / "notes.txt").write_text("no clip")
    return folder


def test_the_verdict_is_rests_but_for_the_time_it_took_and_what_was_seen_before(
    service: httpx.Client, clips: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["check", str(clips / "a.mp4"), "--json", "--depth-maps"])
    ours = json.loads(capsys.readouterr().out)
    with (clips / "a.mp4").open("rb") as file:
        theirs = service.post("/v1/liveness", params={"depth_maps": True}, files={"clip": file}).json()
    assert (ours["signals"].pop("seen_before"), theirs["signals"].pop("seen_before")) == (None, False)
    assert ours | {"timings_ms": 0} == theirs | {"timings_ms": 0}
    assert code == 1


def test_a_folder_becomes_a_table_a_csv_and_strips(
    clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, strips = tmp_path / "all.csv", tmp_path / "strips"
    code = main(["check", str(clips), "--csv", str(table), "--strip", str(strips)])
    said = capsys.readouterr()
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert code == 1
    assert [(row["decision"], row["reasons"], row["score"] == "") for row in rows] == [
        ("attack", "", False),
        ("undecided", "no_face", True),
    ]
    assert "no_face" in said.out
    assert cv2.imread(str(strips / "a.png")) is not None
    assert not (strips / "b.png").exists()
    assert "no window was judged" in said.err


def test_a_clip_that_cannot_be_judged_is_told_beside_those_that_can(
    clips: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (clips / "c.mp4").write_bytes(b"text")
    code = main(["check", str(clips / "c.mp4"), str(clips / "a.mp4"), "--json"])
    first, second = json.loads(capsys.readouterr().out)
    assert code == 2
    assert (first["code"], first["status"]) == ("unsupported_media", 415)
    assert second["decision"] == "attack"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["missing.mp4"], "missing.mp4"),
        (["{clips}", "--strip", "one.png"], "name a folder"),
    ],
)
def test_what_cannot_be_done_says_why(
    clips: Path, arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["check", *(each.format(clips=clips) for each in arguments)])
    assert code == 2
    assert says in capsys.readouterr().err


def test_weights_that_are_not_there_say_which_setting_names_them(
    clips: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIVENESS_WEIGHTS", str(clips))
    assert main(["check", str(clips)]) == 2
    assert "LIVENESS_WEIGHTS" in capsys.readouterr().err


def test_a_calibration_of_other_weights_is_refused(
    clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(CALIBRATION.to_json())
    assert main(["check", str(clips), "--calibration", str(path)]) == 2
    assert "differ" in capsys.readouterr().err


@pytest.mark.parametrize("module", ["service", "training"])
def test_each_command_line_tells_its_version(module: str) -> None:
    said = subprocess.run(
        [sys.executable, "-m", module, "--version"], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == version("liveness-service")


@pytest.mark.parametrize(
    "command", [[], ["serve"], ["check"], ["stream"], ["keys"], ["bench"], ["verify-audit"]]
)
def test_help_teaches_by_examples(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command, "--help"])
    assert ended.value.code == 0
    assert "examples:" in capsys.readouterr().out


@pytest.mark.parametrize("lacking", ["httpx", "websockets"])
def test_a_command_of_clients_says_what_it_lacks(lacking: str) -> None:
    without = (
        f"import sys; sys.modules['{lacking}'] = None; "
        "from service.__main__ import main; sys.exit(main(['stream', '0']))"
    )
    said = subprocess.run([sys.executable, "-c", without], capture_output=True, text=True)
    assert said.returncode == 2
    assert f"{lacking}" in said.stderr
    assert "pip install" in said.stderr
    assert "Traceback" not in said.stderr
