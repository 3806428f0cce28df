"""The probes: what each sees, which attacks it is set against, and how well it may do."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from training.audit import views
from training.audit.views import Numbers, View
from training.datasets.capture import Capture

# Made of the finished frames, so that a single one of them must look like its bona fide partner's.
OF_FINISHED_FRAMES: Final = ("wobble", "paused", "loop")


@dataclass(frozen=True, slots=True)
class Probe:
    """`limit`: the largest AUC on test; None where the difference may be physics, and is only reported."""

    name: str
    sees: Callable[[View], Numbers | None]
    limit: float | None
    attacks: str = ""  # species that begin with this; all where empty
    time_only: bool = False  # only attacks of finished frames
    by_pair: bool = False  # one attack at a time beside the bona fide capture: what it sees depends on both


PROBES: Final = (
    Probe("background", views.background, 0.60, by_pair=True),
    Probe("face box", views.box, 0.60),
    Probe("capture length", views.length, 0.60),
    Probe("camera, light, codec", views.presets, 0.60),
    Probe("file size at equal preset", views.file_size, 0.60),
    Probe("kind of asset", views.kind, 0.60),
    Probe("one frame of a time attack", views.one_frame, 0.55, time_only=True, by_pair=True),
    Probe("tone and sharpness, prints", views.face_tone, 0.65, attacks="print_"),
    Probe("tone and sharpness, replays", views.face_tone, 0.65, attacks="replay_"),
    Probe("tone and sharpness, planes", views.face_tone, 0.65, attacks="plane_"),
    Probe("noise and spectrum, prints", views.texture, None, attacks="print_"),
    Probe("noise and spectrum, replays", views.texture, None, attacks="replay_"),
)


@dataclass(frozen=True, slots=True)
class Example:
    """What a probe sees of one capture, and what it should say."""

    numbers: Numbers
    bona_fide: bool
    group: int
    subject: str


def examples(probe: Probe, group: Sequence[Capture]) -> Iterator[Example]:
    """Those of one group; none where it lacks one of the classes or the probe sees nothing."""
    bona_fide, attacks = [capture for capture in group if capture.bona_fide], _attacks(probe, group)
    if not bona_fide:
        return
    sets = (
        [(_partner(attack, group), attack) for attack in attacks]
        if probe.by_pair
        else [(*bona_fide, *attacks)]
    )
    for captures in sets:
        found = list(_seen(probe, captures))
        if {example.bona_fide for example in found} == {True, False}:
            yield from found


def _seen(probe: Probe, captures: tuple[Capture, ...]) -> Iterator[Example]:
    for capture in captures:
        numbers = probe.sees(View(capture, captures))
        if numbers is not None:
            yield Example(numbers, capture.bona_fide, capture.group, capture.subject)


def _partner(attack: Capture, group: Sequence[Capture]) -> Capture:
    """The bona fide capture that came the same way.

    Attacks of finished frames were sent on once more, and so was the next bona fide capture after them.
    """
    first = next(capture for capture in group if capture.bona_fide)
    if attack.species not in OF_FINISHED_FRAMES:
        return first
    place = next(index for index, capture in enumerate(group) if capture is attack)
    return next((capture for capture in group[place:] if capture.factors.get("relayed")), first)


def _attacks(probe: Probe, group: Sequence[Capture]) -> list[Capture]:
    attacks = [capture for capture in group if not capture.bona_fide]
    if probe.time_only:
        return [capture for capture in attacks if capture.species in OF_FINISHED_FRAMES]
    return [capture for capture in attacks if capture.species.startswith(probe.attacks)]
