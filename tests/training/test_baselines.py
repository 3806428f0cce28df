"""Each baseline finds what it can see on small captures made from a seed, and nothing that it cannot."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from model.clip import FloatArray, PixelArray
from model.network.config import TINY, Stem
from model.verdict import Decision
from tests.model.test_geometry import head
from training.baselines.frame import FrameClassifier, SingleFrame, frame_batches, frame_card
from training.baselines.harness import Baseline, Scorer, run_baseline, write_tables
from training.baselines.motion import MotionResidual, motion_score
from training.baselines.texture import ColourTexture, texture
from training.commands import baseline as command
from training.curves import auc
from training.datasets.capture import Capture, list_groups, read_group, write_group
from training.errors import NoCaptures
from training.report.evidence import read_evaluation
from training.report.results import Results
from training.scores import is_sent_on

SIZE, FRAMES = 128, 6
SPECIES = ("bona_fide", "print_flat", "plane_moving")


def picture(rng: np.random.Generator, *, dotted: bool) -> PixelArray:
    """Smooth colours; a print's are broken into dots."""
    smooth = cv2.resize(rng.integers(60, 200, (6, 6, 3)).astype(np.uint8), (SIZE, SIZE))
    if not dotted:
        return np.asarray(smooth, dtype=np.uint8)
    dots = np.where(np.indices((SIZE, SIZE)).sum(axis=0) % 2, 0.75, 1.0)[..., None]
    return (smooth * dots).astype(np.uint8)


def landmarks(rng: np.random.Generator, *, plane: bool) -> list[FloatArray]:
    """A head that turns, or one that only shifts."""
    turn = 0.0 if plane else rng.uniform(0.03, 0.06)
    faces = [head(yaw=turn * i, centre=(320.0 + 2 * i, 240.0)) for i in range(FRAMES)]
    return [((face - (320, 240, 0)) * 0.4 + (SIZE / 2, SIZE / 2, 0)).astype(np.float32) for face in faces]


def capture(split: str, group: int, species: str) -> Capture:
    rng = np.random.default_rng((group, len(split), len(species)))
    shown = picture(rng, dotted=species == "print_flat")
    data = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
    return Capture(
        group=group, split=split, subject=f"{split}{group}", species=species,
        bona_fide=species == "bona_fide", frames=(data,) * FRAMES, times_T=np.arange(FRAMES) / 9,
        landmarks_TL3=np.stack(landmarks(rng, plane=species == "plane_moving")),
        depth_THW=np.zeros((FRAMES, 8, 8), np.float32), factors={"camera": "phone", "session": group % 2},
    )  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("captures")
    for split, count in (("train", 16), ("dev", 8), ("test", 8)):
        for group in range(count):
            write_group(folder, [capture(split, group, species) for species in SPECIES])
    return folder


SMALL = replace(TINY, gradient=False, stem=Stem.STRIDE_2)
TINY_FRAME = SingleFrame(network=SMALL, steps=30, batch_size=8, learning_rate=5e-3, seed=3)


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Small networks are faster without a pool, and other tests keep theirs."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize(
    ("baseline", "seen", "unseen"),
    [
        (ColourTexture(), "print_flat", "plane_moving"),
        (TINY_FRAME, "print_flat", "plane_moving"),
        (MotionResidual(), "plane_moving", "print_flat"),
    ],
    ids=lambda each: getattr(each, "name", each),
)
def test_a_baseline_tells_apart_what_it_can_see_and_not_what_it_cannot(
    data: Path, tmp_path: Path, baseline: Baseline, seen: str, unseen: str
) -> None:
    write_tables(run_baseline(baseline, data), tmp_path)
    results = Results(read_evaluation(tmp_path, name=baseline.name))
    bona_fide, attacks = results.scores
    assert auc(bona_fide, attacks[seen]) > 0.95
    assert auc(bona_fide, attacks[unseen]) < 0.85


def test_captures_whose_every_frame_is_a_persons_own_do_not_place_the_threshold(
    data: Path, tmp_path: Path
) -> None:
    for path in [*list_groups(data, "train"), *list_groups(data, "dev"), *list_groups(data, "test")]:
        group = read_group(path)
        write_group(tmp_path, [*group, replace(group[0], species="paused", bona_fide=False)])
    alone, beside_paused = (run_baseline(ColourTexture(), folder) for folder in (data, tmp_path))
    assert beside_paused.threshold == pytest.approx(alone.threshold)
    judged = [row.decision for row in beside_paused.test if row.species in ("bona_fide", "paused")]
    assert judged == [Decision.BONA_FIDE] * 16


class Scripted:
    """Bona fide captures as they were taken score 0.9, sent on 0.5, attacks 0.1."""

    name = "scripted"

    def fit(self, groups: Sequence[Path]) -> Scorer:
        del groups
        return lambda shown: (0.5 if is_sent_on(shown.factors) else 0.9) if shown.bona_fide else 0.1


def test_bona_fide_captures_that_were_sent_on_do_not_place_the_threshold(data: Path, tmp_path: Path) -> None:
    for path in [*list_groups(data, "train"), *list_groups(data, "dev"), *list_groups(data, "test")]:
        group = read_group(path)
        write_group(tmp_path, [*group, replace(group[0], factors={"relayed": "moved"})])
    tables = run_baseline(Scripted(), tmp_path)
    assert tables.threshold == pytest.approx((0.1 + 0.9) / 2)
    assert sum(row.sent_on for row in tables.dev) == 8


def test_a_trained_classifier_is_kept_and_trained_again_only_for_other_groups(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = replace(TINY_FRAME, weights=tmp_path / "run" / "single_frame.pt")
    groups, shown = list_groups(data, "train"), capture("test", 0, "print_flat")
    score = kept.fit(groups)(shown)

    def trained(*_: object) -> None:
        raise AssertionError("trained again")

    monkeypatch.setattr(SingleFrame, "_train", trained)
    assert kept.fit(groups)(shown) == score
    for other in (lambda: kept.fit(groups[1:]), lambda: replace(kept, seed=2).fit(groups)):
        with pytest.raises(AssertionError, match="trained again"):
            other()


def test_a_dev_of_one_class_is_said_before_anything_is_fitted(data: Path, tmp_path: Path) -> None:
    for path in [*list_groups(data, "train"), *list_groups(data, "test")]:
        write_group(tmp_path, read_group(path))
    write_group(tmp_path, [capture("dev", 0, "bona_fide")])
    with pytest.raises(NoCaptures, match="dev needs bona fide and attack"):
        run_baseline(replace(TINY_FRAME, steps=10**9), tmp_path)


def test_the_table_has_the_dev_threshold_applied_and_the_captures_circumstances(data: Path) -> None:
    tables = run_baseline(MotionResidual(), data)
    assert len(tables.test) == 8 * len(SPECIES)
    for row in tables.test:
        assert (row.decision is Decision.BONA_FIDE) == (row.score >= tables.threshold)
    assert tables.test[0].factors == {"camera": "phone", "session": "0"}


def test_texture_is_a_histogram_of_each_of_six_channels() -> None:
    found = texture(capture("train", 0, "bona_fide"))
    assert found.shape == (354,)
    np.testing.assert_allclose(found.reshape(6, 59).sum(axis=1), 1, rtol=1e-5)


def test_motion_is_scored_between_none_and_all_and_a_plane_has_none() -> None:
    turning, plane = (motion_score(capture("train", 1, name)) for name in ("bona_fide", "plane_moving"))
    assert 0 <= plane < 0.01 < turning < 1


def test_a_batch_of_frames_is_half_bona_fide_and_the_same_for_a_seed(data: Path) -> None:
    card, groups = frame_card(TINY), list_groups(data, "train")
    one, other = (next(frame_batches(groups, card, batch_size=8, seed=3)) for _ in range(2))
    assert one[0].shape == (8, 3, TINY.face_size, TINY.face_size)
    assert one[1].tolist() == [1.0, 0.0] * 4
    torch.testing.assert_close(one, other, rtol=0, atol=0)


def test_the_frame_classifier_scores_a_frame_the_same_alone_and_in_a_batch() -> None:
    torch.manual_seed(0)
    net = FrameClassifier(TINY).eval()
    faces = torch.rand(3, 3, TINY.face_size, TINY.face_size) - 0.5
    torch.testing.assert_close(net(faces)[1:2], net(faces[1:2]))


def test_captures_that_one_frame_cannot_show_teach_it_nothing(tmp_path: Path) -> None:
    write_group(tmp_path, [capture("train", 0, name) for name in ("bona_fide", "plane_moving")])
    with pytest.raises(NoCaptures, match="one frame"):
        next(frame_batches(list_groups(tmp_path, "train"), frame_card(TINY), batch_size=4, seed=0))


def test_a_group_without_a_bona_fide_capture_is_passed_over(tmp_path: Path) -> None:
    write_group(tmp_path, [capture("train", 0, "print_flat")])
    write_group(tmp_path, [capture("train", 1, name) for name in SPECIES])
    groups = list_groups(tmp_path, "train")
    _, bona_fide = next(frame_batches(groups, frame_card(TINY), batch_size=8, seed=0))
    assert bona_fide.tolist() == [1.0, 0.0] * 4
    with pytest.raises(NoCaptures, match="one frame"):
        next(frame_batches(groups[:1], frame_card(TINY), batch_size=4, seed=0))


def test_a_folder_without_a_split_is_an_error(tmp_path: Path) -> None:
    write_group(tmp_path, [capture("train", 0, name) for name in SPECIES])
    with pytest.raises(NoCaptures, match="no dev captures"):
        run_baseline(MotionResidual(), tmp_path)


def test_the_command_writes_what_the_report_reads(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    command.run(parser.parse_args(["motion", "--data", str(data), "--run", str(tmp_path)]))
    said = capsys.readouterr().out
    assert "APCER plane_moving" in said
    assert read_evaluation(tmp_path / "baselines" / "motion", name="motion").test
