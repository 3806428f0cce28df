"""Transcripts of streams: what happens, line by line, and what the protocol makes of it.

    0.000 > {"type": "hello", ...}       the client says
    0.033 > frame 0 at 33333             the client sends a frame: sequence number, capture time
    0.050 * judged windows=1             what happens in the service
          < {"type": "ack", ...}         the service says
          ! judge 0                      the service has work to do, or closes

Lines that are indented are the protocol's; `play` writes them anew.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

import cv2
import numpy as np

from model.card import SamplingRule
from model.quality import Reason
from service.examples import VERDICTS
from service.schemas import Verdict
from service.stream.closes import Fault
from service.stream.codec import Codec, pack
from service.stream.limits import StreamLimits
from service.stream.messages import Trace
from service.stream.protocol import opened, step
from service.stream.state import (
    Action,
    Conclude,
    Concluded,
    CutShort,
    DrainBegan,
    Event,
    FrameCame,
    Judge,
    Judged,
    Picture,
    Rules,
    Say,
    Shut,
    TextCame,
    TimePassed,
)

HAPPENINGS: dict[str, Event] = {
    "draining": DrainBegan(),
    "erased": CutShort(Fault.SESSION_ERASED, "this session was erased"),
    "time": TimePassed(),
}
INDENT = " " * 6
RULES = Rules(
    limits=StreamLimits(),
    sampling=SamplingRule(),
    needed=8,
    whole_verdict=True,
    may_trace=True,
    stop_when_decided=False,
    resume_token="4f1d",
)
TRACE = Trace(time=0.44, score=0.7, crop="data:a", coarse="data:b", temporal="data:c", refined="data:d")
SESSION = Rules(
    limits=StreamLimits(),
    sampling=SamplingRule(),
    needed=8,
    whole_verdict=False,
    may_trace=False,
    stop_when_decided=True,
    resume_token=None,
)


@cache
def jpeg(width: int = 64, height: int = 48) -> bytes:
    return cv2.imencode(".jpg", np.full((height, width, 3), 90, np.uint8))[1].tobytes()


def frame(sequence: int, captured: int, picture: bytes = b"") -> bytes:
    return pack(picture or jpeg(), codec=Codec.JPEG, sequence=sequence, captured=captured)


def play(lines: Iterable[str]) -> Iterator[str]:
    """The same happenings, with what the protocol says to them now."""
    rules = RULES
    state, work = opened(0.0), list[Picture]()
    for line in lines:
        if line.startswith(INDENT):
            continue
        yield line
        if line == "# session":
            rules = SESSION
        if line == "# credit for one frame":
            rules = replace(RULES, limits=StreamLimits(credit=1))
        if not line[:1].isdigit():
            continue
        time, _, what = line.split(" ", 2)
        state, actions = step(state, _event(what, work), float(time), rules)
        for action in actions:
            if isinstance(action, Judge):
                work.append(action.picture)
            yield INDENT + _shown(action)


def _event(what: str, work: list[Picture]) -> Event:
    match what.split():
        case ["frame", sequence, "at", captured]:
            return FrameCame(frame(int(sequence), int(captured)))
        case ["frame", sequence, "at", captured, "of", size]:
            width, height = size.split("x")
            return FrameCame(frame(int(sequence), int(captured), jpeg(int(width), int(height))))
        case ["bytes", hexadecimal]:
            return FrameCame(bytes.fromhex(hexadecimal))
        case ["judged", *results]:
            return _judged(work.pop(0), dict(each.split("=") for each in results))
        case ["concluded", decision]:
            return Concluded(Verdict.model_validate_json(json.dumps(VERDICTS[decision])))
        case [name] if name in HAPPENINGS:
            return HAPPENINGS[name]
        case _:
            return TextCame(what)


def _judged(picture: Picture, results: dict[str, str]) -> Judged:
    fault = results.get("fault")
    return Judged(
        picture=picture,
        windows=int(results.get("windows", 0)),
        reasons=(Reason(results["reason"]),) if "reason" in results else (),
        still=results.get("still") == "yes",
        decided=results.get("decided") == "yes",
        trace=TRACE if results.get("trace") == "yes" else None,
        late=results.get("late") == "yes",
        fault=(Fault(fault), "the picture cannot be decoded") if fault else None,
    )


def _shown(action: Action) -> str:
    match action:
        case Say(message):
            said = message.model_dump(mode="json")
            if said.get("verdict"):
                said["verdict"] = {"decision": said["verdict"]["decision"], "...": "..."}
            return "< " + json.dumps(said)
        case Judge(picture):
            return f"! judge {picture.index}"
        case Conclude(timed_out):
            return "! conclude" + (" timed out" if timed_out else "")
        case Shut(close, _):
            return f"! close {int(close)}"
