"""What `check` found, as JSON, as a table in the terminal and as CSV; nothing here judges."""

import csv
import json
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from model.verdict import Decision
from service.errors import LivenessError
from service.schemas import Verdict

_COLOUR: Final = {Decision.BONA_FIDE: "green", Decision.ATTACK: "red", Decision.UNDECIDED: "yellow"}
_ALL_BONA_FIDE, _SOME_NOT, _SOME_ERROR = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Checked:
    """One clip: its verdict, or why there is none."""

    clip: Path
    verdict: Verdict | None = None
    error: LivenessError | None = None


def exit_code(checked: Sequence[Checked]) -> int:
    if any(each.error for each in checked):
        return _SOME_ERROR
    decisions = {each.verdict.decision for each in checked if each.verdict}
    return _ALL_BONA_FIDE if decisions <= {Decision.BONA_FIDE} else _SOME_NOT


def as_json(checked: Sequence[Checked], *, several: bool) -> str:
    """REST's answer for one clip; a list of answers, each with its file, for several."""
    answers = [_answer(each) for each in checked]
    if not several:
        return json.dumps(answers[0], indent=2)
    named = [{"clip": str(each.clip)} | said for each, said in zip(checked, answers, strict=True)]
    return json.dumps(named, indent=2)


def as_table(checked: Sequence[Checked]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("clip", "decision", "score", "windows", "frames", "ms", "why"):
        number = name in ("score", "windows", "frames", "ms")
        table.add_column(name, justify="right" if number else "left", overflow="fold", no_wrap=number)
    for each in checked:
        table.add_row(*_cells(each))
    return table


def summary(checked: Sequence[Checked]) -> str:
    """How many clips of each kind, and how long one took."""
    verdicts = [each.verdict for each in checked if each.verdict]
    found = Counter(each.decision for each in verdicts)
    counts = [f"{found[decision]} {decision.replace('_', ' ')}" for decision in Decision]
    said = f"{len(checked)} clips: {', '.join(counts)}, {len(checked) - len(verdicts)} not judged"
    if not verdicts:
        return said
    return f"{said}; {statistics.median(each.timings_ms['total'] for each in verdicts):.0f} ms at the median"


def write_csv(file: Path, checked: Sequence[Checked]) -> None:
    with file.open("w", newline="") as opened:
        writer = csv.DictWriter(opened, fieldnames=list(_record(checked[0])))
        writer.writeheader()
        writer.writerows(_record(each) for each in checked)


def _answer(checked: Checked) -> dict[str, Any]:
    if checked.verdict is not None:
        return checked.verdict.model_dump(mode="json", exclude_unset=True)
    assert checked.error is not None
    return {"code": checked.error.code, "detail": checked.error.message, "status": checked.error.status}


def _cells(checked: Checked) -> tuple[Text | str, ...]:
    said, error = checked.verdict, checked.error
    if said is None:
        assert error is not None
        return (str(checked.clip), Text("error", "magenta"), "", "", "", "", f"{error.code}: {error.message}")
    return (
        str(checked.clip),
        Text(said.decision, _COLOUR[said.decision]),
        f"{said.score:.3f} / {said.threshold:.3f}" if said.score is not None else "-",
        str(len(said.windows)),
        f"{said.frames.used}/{said.frames.sampled}",
        f"{said.timings_ms['total']:.0f}",
        " ".join(said.reasons),
    )


def _record(checked: Checked) -> dict[str, Any]:
    """One line of the CSV; what is not known is empty."""
    said, error = checked.verdict, checked.error
    return {
        "clip": checked.clip,
        "decision": said.decision if said else "",
        "score": said.score if said else "",
        "threshold": said.threshold if said else "",
        "reasons": " ".join(said.reasons) if said else "",
        "windows": len(said.windows) if said else "",
        "received": said.frames.received if said else "",
        "sampled": said.frames.sampled if said else "",
        "used": said.frames.used if said else "",
        "motion": said.evidence.motion if said else "",
        "frozen_share": said.evidence.frozen_share if said else "",
        "total_ms": said.timings_ms["total"] if said else "",
        "error": error.code if error else "",
    }
