"""What `check` says of many clips."""

from pathlib import Path

import pytest

from service.commands.report import Checked, exit_code
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
