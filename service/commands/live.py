"""What a stream looks like in a terminal while it runs, and its outcome."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from service.client import CameraFrame, Draining, Event, Guidance, Outcome, Progress, Ready, Trace

_BARS: Final = "▁▂▃▄▅▆▇█"
_SHOWN: Final = 48  # scores
_COLOUR: Final = {"passed": "green", "failed": "red", "retry": "yellow"}
_SAYS: Final = {
    "no_face": "no face: look into the camera",
    "multiple_faces": "more than one face: be alone in the picture",
    "face_too_small": "come closer",
    "face_too_close": "move back a little",
    "face_off_center": "move to the middle",
    "face_cropped": "the whole face has to be in the picture",
    "too_dark": "too dark: turn on a light",
    "too_bright": "too bright: turn away from the light",
    "blurred": "blurred: hold still, clean the lens",
    "head_pose": "look straight into the camera",
    "face_changed": "another face: begin again",
    "low_frame_rate": "the camera is slow: is there light enough?",
    "move_a_little": "move your head a little",
}


@dataclass(slots=True)
class LiveView:
    """Listens to a stream; rich asks it for its picture as often as it likes."""

    source: str
    url: str
    sent: int = 0
    windows: int = 0
    needed: int = 0
    hint: str | None = None
    state: str = "connecting"
    scores: list[float] = field(default_factory=list)
    outcome: Outcome | None = None

    def counted(self, frames: Iterator[CameraFrame]) -> Iterator[CameraFrame]:
        """The same frames, as they go out."""
        for frame in frames:
            self.sent += 1
            yield frame

    def hear(self, event: Event) -> None:
        match event:
            case Ready(needed=needed):
                self.needed, self.state = needed, "streaming"
            case Progress(windows=windows):
                self.windows = windows
            case Guidance(code=code):
                self.hint = code
            case Trace(score=score):
                self.scores.append(score)
            case Draining(seconds=seconds):
                self.state = f"the service shuts down in {seconds:.0f} s"
            case Outcome():
                self.outcome, self.state = event, "done"

    def __rich__(self) -> RenderableType:
        rows = Table.grid(padding=(0, 2))
        rows.add_column(style="dim", width=8)
        rows.add_column()
        rows.add_row("source", self.source)
        rows.add_row("service", Text(f"{self.url}  {self.state}"))
        rows.add_row("frames", str(self.sent))
        bar = ProgressBar(total=max(1, self.needed), completed=min(self.windows, self.needed), width=_SHOWN)
        rows.add_row("windows", Group(bar, f"{self.windows} judged, {self.needed} needed"))
        if self.scores:
            rows.add_row("score", Text(f"{sparkline(self.scores)} {self.scores[-1]:.3f}"))
        rows.add_row("hint", Text(_hint(self.hint), "yellow" if self.hint else "green"))
        if self.outcome is not None:
            rows.add_row("outcome", _outcome(self.outcome))
        return Panel(rows, title="liveness", border_style="dim", width=74)


def sparkline(scores: list[float]) -> str:
    """The newest scores from 0 to 1."""
    top = len(_BARS) - 1
    return "".join(_BARS[round(min(max(score, 0.0), 1.0) * top)] for score in scores[-_SHOWN:])


def _hint(code: str | None) -> str:
    return "good" if code is None else _SAYS.get(code, code.replace("_", " "))


def _outcome(outcome: Outcome) -> Text:
    said = Text(outcome.result, f"bold {_COLOUR.get(outcome.result, 'white')}")
    verdict = outcome.verdict
    if verdict is None:
        return said
    score = "" if verdict.score is None else f" {verdict.score:.3f}, threshold {verdict.threshold:.3f}"
    return said.append(f"  {verdict.decision}{score} {' '.join(verdict.reasons)}", "default")
