"""python -m service check: verdicts on files, by the very path that REST takes."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from service.assessment import Assessment
from service.commands import Commands
from service.commands.files import find_clips, strip_names
from service.commands.report import Checked, as_json, as_table, exit_code, summary, write_csv
from service.errors import LivenessError, StartError
from service.observe import Metrics
from service.settings import Settings, read_settings
from service.strip import depth_strip, write_png
from service.verdicts import verdict

if TYPE_CHECKING:
    from service.runtime import Runtime

_ERROR, _INTERRUPTED = 2, 130
_WIDE: Final = 400  # characters a line, where no terminal limits them
_EPILOG: Final = """examples:
  python -m service check clip.mp4
  python -m service check clip.mp4 --json | jq .score
  python -m service check clip.mp4 --strip strip.png     frames, mask, coarse, temporal and refined depth
  python -m service check clips/ --csv all.csv --strip strips/

exit codes:
  0  every clip is bona fide
  1  some clip is an attack, or undecided
  2  some clip could not be judged, or the check could not be made

The settings are those that `python -m service serve --help` lists.
"""


def add_to(commands: Commands) -> None:
    parser = commands.add_parser(
        "check",
        help="judge clips in the terminal",
        description="Judges video files as POST /v1/liveness does, without a server.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("clips", metavar="CLIP", nargs="+", type=Path, help="a video, or a folder of videos")
    parser.add_argument(
        "--json", action="store_true", help="print what the API answers; for several clips, a list of it"
    )
    parser.add_argument("--depth-maps", action="store_true", help="with --json: the depth maps too, as PNGs")
    parser.add_argument(
        "--strip", type=Path, metavar="FILE.png", help="draw the depth maps; a folder for several clips"
    )
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write a table with a line for each clip")
    parser.add_argument(
        "--calibration", type=Path, metavar="FILE", help="a threshold of your own (LIVENESS_CALIBRATION)"
    )
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    says = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        clips = find_clips(parsed.clips)
        strips = strip_names(parsed.strip, clips) if parsed.strip else {}
        given = {"calibration": parsed.calibration} if parsed.calibration else {}
        check = _Check(strips, parsed.depth_maps, says, read_settings(**given))
        check.run(clips)
        if parsed.csv:
            write_csv(parsed.csv, check.done)
    except (OSError, ValueError, StartError) as error:
        says.print(f"error: {error}", markup=False)
        return _ERROR
    except KeyboardInterrupt:
        return _INTERRUPTED
    if parsed.json:
        sys.stdout.write(as_json(check.done, several=len(clips) > 1) + "\n")
    else:
        out = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE)
        out.print(as_table(check.done))
        if len(clips) > 1:
            out.print(f"\n{summary(check.done)}")
    return exit_code(check.done)


@dataclass(slots=True)
class _Check:
    """One run over all clips, one after the other; `done` fills up."""

    strips: dict[Path, Path]
    depth_maps: bool
    says: Console
    settings: Settings
    done: list[Checked] = field(default_factory=list)

    def run(self, clips: Sequence[Path]) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self.says, transient=True, disable=not self.says.is_terminal) as bar:
            task = bar.add_task("judging", total=len(clips))
            asyncio.run(self._judge(clips, lambda: bar.advance(task)))

    async def _judge(self, clips: Sequence[Path], advance: Callable[[], None]) -> None:
        from service.runtime import open_runtime  # with MediaPipe and ONNX Runtime: a second

        async with open_runtime(self.settings, Metrics()) as runtime:
            for clip in clips:
                await self._one(clip, runtime)
                advance()

    async def _one(self, clip: Path, runtime: "Runtime") -> None:
        async def read() -> bytes:
            return await asyncio.to_thread(clip.read_bytes)

        try:
            assessment = await runtime.assessor.assess(read)
        except LivenessError as error:
            self.done.append(Checked(clip, error=error))
            return
        engine = runtime.engine
        said = verdict(assessment, engine.card, engine.info, depth_maps=self.depth_maps)
        self.done.append(Checked(clip, said))
        if clip in self.strips:
            self._draw(clip, assessment)

    def _draw(self, clip: Path, assessment: Assessment) -> None:
        judgement = assessment.judgement
        score = (
            "" if judgement.score is None else f" {judgement.score:.3f}, threshold {judgement.threshold:.3f}"
        )
        try:
            strip = depth_strip(assessment, title=f"{clip.name}: {judgement.decision}{score}")
        except ValueError as error:
            self.says.print(f"{clip}: no strip: {error}", markup=False)
            return
        self.strips[clip].write_bytes(write_png(strip))
        self.says.print(f"{clip}: depth maps in {self.strips[clip]}", markup=False)
