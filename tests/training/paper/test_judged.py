"""Which captures count, how they are scored, and errors counted by hand."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import FRAMES, procedural_capture
from tests.golden.make_golden import tiny_net
from training.config import PRESETS, training_card
from training.datasets.capture import write_group
from training.errors import NoCaptures
from training.paper.judged import Judged, measured, scored, window_starts

CARD = training_card(PRESETS["smoke"])
SCORES = {"bona_fide": [0.8, 0.6, 0.3], "print_a": [0.2], "print_b": [0.7], "replay_a": [0.1, 0.6, 0.7]}


def test_windows_are_spread_over_the_whole_capture() -> None:
    film = procedural_capture(0, "test", "bona_fide")
    starts = window_starts(film, CARD)
    assert (starts[0], starts[-1], len(starts)) == (0, FRAMES - CARD.num_frames, 6)
    assert window_starts(replace(film, frames=film.frames[: CARD.num_frames]), CARD) == [0]
    assert window_starts(replace(film, frames=film.frames[: CARD.num_frames - 1]), CARD) == []


def test_a_capture_has_one_score_and_what_no_instrument_shows_has_none(tmp_path: Path) -> None:
    shown = [procedural_capture(0, "test", each) for each in ("bona_fide", "print_flat", "wobble")]
    sent_on = replace(shown[0], factors={"relayed": "moved"})
    write_group(tmp_path, [*shown, sent_on])
    scores = scored(tiny_net(), CARD, Judged(tmp_path, "test", "all"), doing="x")
    assert {kind: len(each) for kind, each in scores.items()} == {"bona_fide": 1, "print_flat": 1}


def test_errors_are_those_of_test_at_devs_threshold() -> None:
    dev = {"bona_fide": [0.9, 0.6], "print_a": [0.4]}
    line = measured(dev, SCORES, variant="x", protocol="1", paper="", origin="")
    assert line.threshold == pytest.approx(0.5)
    assert (line.refused, line.bona_fide) == (1, 3)
    assert (line.worst_family, line.accepted, line.attacks) == ("replay", 2, 3)
    assert line.acer == pytest.approx((1 / 3 + 2 / 3) / 2)
    assert line.hter == pytest.approx((1 / 3 + 3 / 5) / 2)


def test_a_split_without_one_class_gives_no_rate() -> None:
    only_people = {"bona_fide": [0.9]}
    with pytest.raises(NoCaptures, match="dev of protocol 1 lacks"):
        measured(only_people, SCORES, variant="x", protocol="1", paper="", origin="")
    with pytest.raises(NoCaptures, match="test of protocol 1 lacks"):
        measured(SCORES, only_people, variant="x", protocol="1", paper="", origin="")
