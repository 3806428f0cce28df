"""Figure 9: features of both backbones, laid out in the plane."""

import csv
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import procedural_capture
from tests.golden.make_golden import tiny_net
from training.config import PRESETS, training_card
from training.paper.tsne import features, laid_out


def test_a_capture_has_one_feature_a_channel_of_the_last_level() -> None:
    net, card = tiny_net(), training_card(PRESETS["smoke"])
    living, print_ = (
        features(net, procedural_capture(0, "test", each), card) for each in ("bona_fide", "print_flat")
    )
    assert living.shape == (net.config.channels(128),)
    assert not np.array_equal(living, print_)


def test_what_is_alike_is_laid_side_by_side() -> None:
    rng = np.random.default_rng(0)
    groups = np.repeat([[0.0] * 8, [9.0] * 8], 20, axis=0)
    laid = laid_out((groups + rng.normal(size=groups.shape)).astype(np.float32), seed=0)
    nearest = np.linalg.norm(laid[:, None] - laid[None], axis=-1).argsort(axis=1)[:, 1]
    assert ((nearest < 20) == (np.arange(40) < 20)).all()


def test_both_backbones_are_drawn_from_the_same_captures(ask, tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert ask("tsne", "--groups", "2") == 0
    with (run / "tsne.csv").open() as file:
        points = [(row["variant"], row["species"]) for row in csv.DictReader(file)]
    kinds = ["bona_fide", "print_flat"] * 2
    assert points == [(model, kind) for model in ("model_2", "model_3") for kind in kinds]
    assert (run / "tsne.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(each.name for each in (run / "runs" / "all").iterdir()) == ["plain", "rsgb"]


def test_too_few_captures_to_lay_out_are_said(ask, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("tsne") == 2
    assert "4 captures or more" in capsys.readouterr().err
