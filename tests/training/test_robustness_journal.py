"""A robustness run that was stopped, wherever in a row, goes on with what was judged."""

from pathlib import Path

import pytest

from model.verdict import Decision
from training.robustness import Decisions
from training.robustness_journal import Journal, Judged, run_digest

NAMES = ("darker", "moved", "slower")
FIRST = Judged(
    0,
    "test/000004 bona_fide",
    Decisions(Decision.BONA_FIDE, {"darker": Decision.ATTACK, "moved": Decision.ATTACK}),
)
SECOND = Judged(
    2, "test/000007 loop", Decisions(Decision.UNDECIDED, dict.fromkeys(NAMES, Decision.BONA_FIDE))
)


def journal(folder: Path, run: str = "a1") -> Journal:
    return Journal(folder, run, NAMES)


def written(folder: Path) -> Path:
    ours = journal(folder)
    assert ours.begin() == ()
    for each in (FIRST, SECOND):
        ours.add(each)
    (path,) = folder.glob("decisions.*.partial")
    return path


def test_a_run_goes_on_with_what_was_judged_and_with_what_did_not_apply(tmp_path: Path) -> None:
    written(tmp_path)
    assert journal(tmp_path).begin() == (FIRST, SECOND)
    assert journal(tmp_path).begin() == (FIRST, SECOND)


def test_wherever_the_last_capture_is_cut_off_it_is_judged_again(tmp_path: Path) -> None:
    path = written(tmp_path)
    whole = path.read_bytes()
    second = whole.index(b"2,")
    for end in range(second, len(whole) - len("\r\n")):
        path.write_bytes(whole[:end])
        assert journal(tmp_path).begin() == (FIRST,)
        journal(tmp_path).add(SECOND)
        assert path.read_bytes() == whole


def test_other_captures_and_other_weights_begin_a_run_of_their_own(tmp_path: Path) -> None:
    written(tmp_path)
    assert journal(tmp_path, "b2").begin() == ()
    assert journal(tmp_path).begin() == (FIRST, SECOND)
    (tmp_path / "frame_encoder.onnx").write_bytes(b"graph")
    digest = run_digest(tmp_path, 0, [b"one", b"two"])
    assert digest == run_digest(tmp_path, 0, [b"one", b"two"])
    assert digest != run_digest(tmp_path, 1, [b"one", b"two"])
    assert digest != run_digest(tmp_path, 0, [b"onetwo"])
    (tmp_path / "frame_encoder.onnx").write_bytes(b"another")
    assert digest != run_digest(tmp_path, 0, [b"one", b"two"])


def test_a_run_that_is_done_begins_anew(tmp_path: Path) -> None:
    rows = written(tmp_path).read_text()
    assert journal(tmp_path).end().read_text() == rows
    assert journal(tmp_path).begin() == ()


@pytest.mark.parametrize("names", [NAMES[:2], (*NAMES, "brighter")])
def test_captures_that_were_judged_under_other_changes_are_judged_again(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    written(tmp_path)
    assert Journal(tmp_path, "a1", names).begin() == ()
