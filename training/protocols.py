"""Protocols as tables: which sessions, cameras, subjects and attack species each split may show.

A protocol filters presentations of a split that the data set fixes by subject, so that it can be expanded
with or without files. Sources: OULU-NPU's four protocols, Boulkenafet et al., "OULU-NPU: a mobile face
presentation attack database with real-world variations", FG 2017; SiW's three, Liu et al., "Learning deep
models for face anti-spoofing: binary or auxiliary supervision", CVPR 2018. The other data sets have one
protocol, their own split.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from training.datasets.sample import Presentation

AnyPresentation = TypeVar("AnyPresentation", bound=Presentation)


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """What one split may show; None takes everything. Bona fide presentations are of every species."""

    sessions: frozenset[str] | None = None
    cameras: frozenset[str] | None = None
    species: frozenset[str] | None = None  # of attacks
    physics: frozenset[str] | None = None  # of attacks: one part of theirs is among these
    first_frames: int | None = None  # of each video, no further

    def takes(self, each: Presentation) -> bool:
        return (
            _among(each.session, self.sessions)
            and _among(each.camera, self.cameras)
            and (each.bona_fide or self._takes_attack(each))
        )

    def _takes_attack(self, each: Presentation) -> bool:
        parts = each.physics.split("/")
        return _among(each.species, self.species) and any(_among(part, self.physics) for part in parts)


@dataclass(frozen=True, kw_only=True, slots=True)
class Protocol:
    """A name and what each split may show."""

    name: str
    train: Selection = Selection()
    dev: Selection = Selection()
    test: Selection = Selection()

    def of_split(self, split: str) -> Selection:
        """Raises ValueError for an unknown split."""
        if split not in ("train", "dev", "test"):
            raise ValueError(f"a split is one of train, dev, test, not {split}")
        selection = getattr(self, split)
        assert isinstance(selection, Selection)
        return selection

    def select(self, presentations: Iterable[AnyPresentation]) -> tuple[AnyPresentation, ...]:
        """Those that the protocol uses, in their order."""
        return tuple(each for each in presentations if self.of_split(each.split).takes(each))


EVERYTHING: Final = Protocol(name="all")
UNSEEN_SIMULATOR: Final = "unseen_simulator"
_HELD_BACK: Final = 5  # one session of so many


@dataclass(frozen=True, kw_only=True, slots=True)
class Factors:
    """What Protocols 1-4 hold back from training, and what not."""

    sessions: Collection[str]
    unseen_sessions: Collection[str]
    cameras: Sequence[str]  # one after the other is left out
    species: Collection[str]
    unseen_species: Collection[str]
    usual_species: Collection[str]  # of Protocols 1 and 3, in every split


def oulu_like(factors: Factors) -> dict[str, Protocol]:
    """OULU-NPU's Protocols 1, 2, 3_k and 4_k over any factors.

    1: the test sessions are unseen in training. 2: the test species are. 3_k: the k-th camera is. 4_k: all
    three. Raises ValueError where a factor has nothing to hold back, or nothing else.
    """
    early, last = frozenset(factors.sessions), frozenset(factors.unseen_sessions)
    known, novel = frozenset(factors.species), frozenset(factors.unseen_species)
    common, cameras = frozenset(factors.usual_species), factors.cameras
    if not (early and last and known and novel) or len(cameras) < 2:
        raise ValueError(
            "Protocols 1-4 need two sessions, two cameras, and species seen and unseen in training"
        )
    made = [
        _protocol("1", Selection(sessions=early, species=common), Selection(sessions=last, species=common)),
        _protocol("2", Selection(species=known), Selection(species=novel)),
    ]
    for position, camera in enumerate(cameras, start=1):
        rest, left_out = frozenset(cameras) - {camera}, frozenset({camera})
        made.append(
            _protocol(
                f"3_{position}",
                Selection(cameras=rest, species=common),
                Selection(cameras=left_out, species=common),
            )
        )
        made.append(
            _protocol(
                f"4_{position}",
                Selection(sessions=early, cameras=rest, species=known),
                Selection(sessions=last, cameras=left_out, species=novel),
            )
        )
    return {protocol.name: protocol for protocol in sorted(made, key=lambda protocol: protocol.name)}


def own_protocols(presentations: Sequence[Presentation]) -> dict[str, Protocol]:
    """OULU-NPU's protocols over the factors that our own captures were made with, and `unseen_simulator`.

    Unseen sessions and species are those that test shows and training never does; where training shows every
    session, the last fifth by name is held back. `unseen_simulator` tests with instruments whose physics has
    a part (a printer, a display) that training never shows. Raises ValueError where the captures do not vary
    enough.
    """
    attacks = [each for each in presentations if not each.bona_fide]
    trained = {each.species for each in attacks if each.split == "train"}
    sessions = sorted({each.session for each in presentations}, key=_numbers_first)
    shown = {each.session for each in presentations if each.split == "train"}
    tested = {each.session for each in presentations if each.split == "test"}
    unseen_sessions = tested - shown or set(sessions[-max(1, len(sessions) // _HELD_BACK) :])
    protocols = oulu_like(
        Factors(
            sessions=set(sessions) - unseen_sessions,
            unseen_sessions=unseen_sessions,
            cameras=sorted({each.camera for each in presentations}, key=_numbers_first),
            species=trained,
            unseen_species={each.species for each in attacks if each.split == "test"} - trained,
            usual_species=trained,
        )
    )
    novel = _parts(attacks, "test") - _parts(attacks, "train")
    if novel:
        protocols[UNSEEN_SIMULATOR] = Protocol(name=UNSEEN_SIMULATOR, test=Selection(physics=novel))
    return protocols


def _parts(attacks: Iterable[Presentation], split: str) -> frozenset[str]:
    """Of the physics that a split's attacks show."""
    shown = (each.physics.split("/") for each in attacks if each.split == split)
    return frozenset(part for parts in shown for part in parts if part)


def _protocol(name: str, learnt: Selection, unseen: Selection) -> Protocol:
    """Dev is drawn as train is: the threshold may not know what is unseen."""
    return Protocol(name=name, train=learnt, dev=learnt, test=unseen)


def _among(value: str, allowed: frozenset[str] | None) -> bool:
    return allowed is None or value in allowed


def _numbers_first(value: str) -> tuple[bool, int, str]:
    return (not value.isdecimal(), int(value) if value.isdecimal() else 0, value)


OULU_NPU: Final = oulu_like(
    Factors(
        sessions=("1", "2"),
        unseen_sessions=("3",),
        cameras=("1", "2", "3", "4", "5", "6"),
        species=("print_1", "display_1"),
        unseen_species=("print_2", "display_2"),
        usual_species=("print_1", "print_2", "display_1", "display_2"),
    )
)

_SIW_PRINTS: Final = frozenset({"print_1", "print_2"})
_SIW_REPLAYS: Final = frozenset({"replay_1", "replay_2", "replay_3", "replay_4"})


def _siw() -> dict[str, Protocol]:
    """1: train on the first 60 frames, frontal faces at rest. 2_k: leave replay medium k out. 3_k: the other
    kind of instrument (3_1 learns prints, 3_2 replays)."""
    frontal = Selection(first_frames=60)
    made = [Protocol(name="1", train=frontal, dev=frontal)]
    for medium in sorted(_SIW_REPLAYS):
        left_out = frozenset({medium})
        made.append(
            _protocol(
                f"2_{medium[-1]}", Selection(species=_SIW_REPLAYS - left_out), Selection(species=left_out)
            )
        )
    prints, replays = Selection(species=_SIW_PRINTS), Selection(species=_SIW_REPLAYS)
    made += [_protocol("3_1", prints, replays), _protocol("3_2", replays, prints)]
    return {protocol.name: protocol for protocol in made}


SIW: Final = _siw()

ALL_ONLY: Final = {EVERYTHING.name: EVERYTHING}


@dataclass(frozen=True, slots=True)
class CrossSet:
    """Learn and choose the threshold on one data set, test on another (paper Tables 6 and 7)."""

    name: str
    learnt: str  # data set: its train split to learn from, its dev split for the threshold
    tested: str  # data set: its test split
    protocols: tuple[str, ...]  # of the tested set, one result each
    metric: str


CROSS_SETS: Final = (
    CrossSet("CR", "casia-mfsd", "replay-attack", ("all",), "HTER"),
    CrossSet("RC", "replay-attack", "casia-mfsd", ("all",), "HTER"),
    CrossSet("SO", "siw", "oulu-npu", tuple(OULU_NPU), "ACER"),
)
