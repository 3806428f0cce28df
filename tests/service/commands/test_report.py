"""What `check` says of many clips."""

from pathlib import Path

import pytest

from service.commands.report import Checked, exit_code, summary
from service.errors import UnreadableClip
from service.examples import VERDICTS
from service.schemas import Verdict

BONA_FIDE, ATTACK, UNDECIDED = (
    Checked(Path("clip.mp4"), Verdict.model_validate(VERDICTS[name])) for name in VERDICTS
)
BROKEN = Checked(Path("clip.mp4"), error=UnreadableClip("cut off"))


@pytest.mark.parametrize(
    ("checked", "code"),
    [
        ([BONA_FIDE, BONA_FIDE], 0),
        ([BONA_FIDE, ATTACK], 1),
        ([BONA_FIDE, UNDECIDED], 1),
        ([BONA_FIDE, BROKEN], 2),
        ([ATTACK, BROKEN], 2),
    ],
)
def test_the_exit_code_is_the_worst_that_happened(checked: list[Checked], code: int) -> None:
    assert exit_code(checked) == code


def test_the_summary_counts_every_kind_and_what_was_not_judged() -> None:
    said = summary([BONA_FIDE, BONA_FIDE, ATTACK, UNDECIDED, BROKEN])
    assert said == ("5 clips: 2 bona fide, 1 attack, 1 undecided, 1 not judged; 731 ms at the median")


def test_where_nothing_was_judged_no_time_is_made_up() -> None:
    assert summary([BROKEN]) == "1 clips: 0 bona fide, 0 attack, 0 undecided, 1 not judged"
