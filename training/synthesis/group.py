"""One matched group: a bona fide capture, and attacks of its identity in its light before its camera."""

from training.datasets.capture import Capture
from training.synthesis.attacks import attacks_of
from training.synthesis.session import Session, Studio, photograph
from training.synthesis.take import NoFaceError


def make_group(studio: Studio, split: str, group: int, seed: int, *, attempt: int = 0) -> tuple[Capture, ...]:
    """All members, the bona fide one first. Raises NoFaceError where the bona fide face is lost."""
    session = photograph(studio, split, group, (seed, group, attempt))
    members = [_bona_fide(session)]
    for index, attack in enumerate(attacks_of(split)):
        try:
            members += list(attack(session, session.rng(10 + index)))
        except NoFaceError:  # an attack that no camera would take for a face is no test of anything
            continue
    return tuple(members)


def _bona_fide(session: Session) -> Capture:
    return session.capture(session.footage, session.depth(), "bona_fide")
