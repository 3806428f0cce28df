"""python -m service stream: a file or a camera against a running service, with a live view."""

import argparse
import json
import sys
from typing import Final

from rich.console import Console
from rich.live import Live

from service.commands import Commands

_BY_RESULT: Final = {"passed": 0}
_NOT_PASSED, _ERROR, _INTERRUPTED = 1, 2, 130
_EPILOG: Final = """examples:
  python -m service serve &                      the service itself
  python -m service stream 0                     the first camera
  python -m service stream clip.mp4              a file, at the pace at which it was recorded
  python -m service stream clip.mp4 --json | jq .verdict.score

A file is streamed to its end, a camera until as many windows are judged as a verdict needs, and at least
--seconds.

exit codes:
  0  passed
  1  failed, or retry
  2  no outcome: the service is not there, or refused the stream
"""


def add_to(commands: Commands) -> None:
    parser = commands.add_parser(
        "stream",
        help="stream a video or a camera to a running service",
        description="Streams frames over the WebSocket protocol liveness.v1 and shows what comes back.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", metavar="FILE_OR_CAMERA", help="a video file, or a camera's number")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="of the service (%(default)s)")
    parser.add_argument("--session", metavar="ID", help="stream to this session, with --token")
    parser.add_argument("--token", help="the session's client token")
    parser.add_argument(
        "--seconds", type=float, default=3.0, help="of a camera's stream at least (%(default)g)"
    )
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    from service.client import ClientError, ConnectionLost, LivenessClient  # with av and cv2: half a second
    from service.commands.camera import SourceError, open_source
    from service.commands.feed import until_enough
    from service.commands.live import LiveView

    says = Console(stderr=True, highlight=False)
    view = LiveView(parsed.source, parsed.url)
    try:
        source = open_source(parsed.source)
        frames = view.counted(source.frames)
        if parsed.source.isdecimal():
            frames = until_enough(frames, view, seconds=parsed.seconds)
        path = f"/v1/sessions/{parsed.session}/stream" if parsed.session else "/v1/stream"
        with (
            LivenessClient(parsed.url) as client,
            Live(view, console=says, auto_refresh=says.is_terminal, refresh_per_second=10),
        ):
            outcome = client.stream(
                frames,
                size=source.size,
                fps=source.fps,
                trace=not parsed.session,
                path=path,
                token=parsed.token,
                listen=view.hear,
            )
    except (SourceError, ClientError) as error:
        hint = "; `python -m service serve` starts a service" if isinstance(error, ConnectionLost) else ""
        says.print(f"\nerror: {error}{hint}", markup=False, soft_wrap=True)
        return _ERROR
    except KeyboardInterrupt:
        return _INTERRUPTED
    if parsed.json:
        document = outcome.verdict and outcome.verdict.document
        sys.stdout.write(json.dumps({"result": outcome.result, "verdict": document}, indent=2) + "\n")
    return _BY_RESULT.get(outcome.result, _NOT_PASSED)
