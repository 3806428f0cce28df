"""Real videos -> captures -> training windows; resumable, and no bad video stops a run."""

import csv
from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from model.bundle import default_path
from model.card import ModelCard
from model.clip import FloatArray
from model.faces import LandmarkFinder
from training.datasets import dmad, folder
from training.datasets.capture import Capture, list_groups, read_group
from training.datasets.label_set import alone, label_data_set
from training.datasets.labellers import LabelledGroup, LabelRow, in_process
from training.datasets.labelling import DepthSource, LabelRule
from training.datasets.sample import DataSetError, Sample
from training.source import CaptureSource
from training.windows import TrainingWindow, WindowChoice, training_window

RULE = LabelRule()
CARD = ModelCard(
    name="tiny", version="0", variant="tiny", status="test", training_run="", data_version="",
    face_size=64, threshold=0.5,
)  # fmt: skip
TABLE = (
    "path,label,subject,split,species\n"
    "live.mp4,bona_fide,ann,train,\nprint.mp4,attack,ann,train,print\nreplay.mp4,attack,bob,train,replay\n"
)


def silent(groups: Iterator[LabelledGroup], _: int) -> Iterator[LabelledGroup]:
    return groups


def labelled(samples, out, faces, *, rule=RULE, progress=silent) -> tuple[LabelRow, ...]:
    labeller = in_process(faces, rule)
    return label_data_set(samples, out, labeller=labeller, rule=rule, progress=progress)


def window_of(capture: Capture, rng: np.random.Generator | None) -> TrainingWindow:
    return training_window(WindowChoice(capture, 0), CARD, rng=rng)


def stronger_side(columns: FloatArray) -> str:
    left, right = np.split(columns, 2)
    return "left" if left.mean() > right.mean() else "right"


@pytest.fixture
def samples(tree) -> tuple[Sample, ...]:
    names = ("live.mp4", "print.mp4", "replay.mp4")
    return folder.list_samples(tree(names, {"samples.csv": TABLE})).samples


def test_a_set_becomes_groups_of_a_bona_fide_capture_and_its_attacks(samples, drawn_faces, tmp_path) -> None:
    rows = labelled(samples, tmp_path / "out", drawn_faces())
    assert [row.outcome for row in rows] == ["labelled"] * 3
    (path,) = list_groups(tmp_path / "out", "train")
    group = read_group(path)
    assert [each.species for each in group] == ["bona_fide", "print", "replay"]
    assert [each.subject for each in group] == ["folder/ann", "folder/ann", "folder/bob"]
    first = group[0]
    assert len(first.frames) == 8
    assert first.times_T.tolist() == pytest.approx([i / 10 for i in range(8)], abs=0.01)
    assert first.factors["frame_indices"] == list(range(0, 24, 3))
    assert cv2.imdecode(np.frombuffer(first.frames[0], np.uint8), cv2.IMREAD_COLOR).shape == (288, 288, 3)


def test_bona_fide_captures_have_a_faces_depth_and_attacks_none(samples, drawn_faces, tmp_path) -> None:
    labelled(samples, tmp_path / "out", drawn_faces())
    bona_fide, *attacks = read_group(list_groups(tmp_path / "out", "train")[0])
    assert bona_fide.depth_THW.shape == (8, 96, 96)
    assert all(0.4 < depth[depth > 0].mean() < 0.6 for depth in bona_fide.depth_THW)
    assert not any(attack.depth_THW.any() for attack in attacks)


def test_the_picture_stands_still_while_the_face_moves(samples, drawn_faces, tmp_path) -> None:
    """All frames are cut by one square with room for the jittered square of training about each of them."""
    labelled(samples, tmp_path / "out", drawn_faces())
    capture = read_group(list_groups(tmp_path / "out", "train")[0])[0]
    steps = np.diff(capture.landmarks_TL3[:, :, 0].mean(axis=1))
    np.testing.assert_allclose(steps, steps[0], rtol=0.01)
    assert steps[0] > 0
    sides = capture.landmarks_TL3[..., 0].max(axis=1) - capture.landmarks_TL3[..., 0].min(axis=1)
    middles = capture.landmarks_TL3[..., 0].mean(axis=1)
    assert np.all(middles - 0.85 * sides > 0)
    assert np.all(middles + 0.85 * sides < 288)


def test_a_run_that_was_stopped_goes_on_where_it_was(tree, drawn_faces, tmp_path) -> None:
    rows = "".join(f"{i}.avi,bona_fide,s{i},train\n" for i in range(3))
    root = tree([f"{i}.avi" for i in range(3)], {"samples.csv": "path,label,subject,split\n" + rows})
    found = folder.list_samples(root).samples

    def stopped(groups: Iterator[LabelledGroup], _: int) -> Iterator[LabelledGroup]:
        yield next(groups)
        yield next(groups)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        labelled(found, tmp_path / "out", drawn_faces(), progress=stopped)
    journal = tmp_path / "out" / "labels.csv"
    journal.write_text(journal.read_text()[:-9])  # as a kill in the middle of a line leaves it
    faces = drawn_faces()
    again = labelled(found, tmp_path / "out", faces)
    assert faces.calls == 2 * 8
    whole = labelled(found, tmp_path / "whole", drawn_faces())
    assert again == whole
    assert journal.read_bytes() == (tmp_path / "whole" / "labels.csv").read_bytes()
    for path in list_groups(tmp_path / "whole", "train"):
        np.testing.assert_equal(
            read_group(tmp_path / "out" / "train" / path.name)[0].frames, read_group(path)[0].frames
        )


def test_a_finished_run_does_nothing_again(samples, drawn_faces, tmp_path) -> None:
    first = labelled(samples, tmp_path / "out", drawn_faces())
    faces = drawn_faces()
    assert labelled(samples, tmp_path / "out", faces) == first
    assert faces.calls == 0


def test_a_folder_of_other_samples_or_settings_is_refused(samples, drawn_faces, tmp_path) -> None:
    labelled(samples, tmp_path / "out", drawn_faces())
    for other, rule in ((samples[:2], RULE), (samples, LabelRule(max_frames=7))):
        with pytest.raises(DataSetError, match="other samples or with other settings"):
            labelled(other, tmp_path / "out", drawn_faces(), rule=rule)


def test_videos_without_a_capture_are_written_down_with_their_reason(
    samples, drawn_faces, tmp_path, encode_video
) -> None:
    samples[0].path.write_bytes(b"no video")
    encode_video(samples[1].path, [np.zeros((48, 64, 3), np.uint8)] * 7)
    faces = drawn_faces(hidden=frozenset({9}))
    rows = labelled(samples, tmp_path / "out", faces)
    assert [(row.name, row.outcome) for row in rows] == [
        ("live.mp4", "unreadable"),
        ("print.mp4", "too_few_frames"),
        ("replay.mp4", "face_lost"),
    ]
    with (tmp_path / "out" / "labels.csv").open(newline="") as file:
        messages = [row["message"] for row in csv.DictReader(file)]
    assert messages[2] == "a face in 4 sampled frames in a row at most, 5 are needed"
    assert list_groups(tmp_path / "out", "train") == ()


def test_a_video_without_any_face_says_so(samples, drawn_faces, tmp_path) -> None:
    faces = drawn_faces(hidden=frozenset(range(24)))
    rows = labelled(samples, tmp_path / "out", faces)
    assert {row.outcome for row in rows} == {"no_face"}


def test_attacks_whose_bona_fide_video_failed_are_kept_and_passed_over_in_training(
    tree, drawn_faces, tmp_path
) -> None:
    table = TABLE + "other.mp4,bona_fide,eve,train,\nmask.mp4,attack,eve,train,mask\n"
    names = ("live.mp4", "print.mp4", "replay.mp4", "other.mp4", "mask.mp4")
    found = folder.list_samples(tree(names, {"samples.csv": table})).samples
    found[0].path.write_bytes(b"no video")
    rows = labelled(found, tmp_path / "out", drawn_faces())
    assert alone(rows) == 1
    source = CaptureSource(tmp_path / "out", CARD, split="train", seed=0, batch_sizes={1: 4})
    assert source.batch_at(1, 0).bona_fide_B.tolist() == [True, False, True, False]


def test_only_the_first_frames_of_a_long_video_are_kept(samples, drawn_faces, tmp_path) -> None:
    rule = LabelRule(max_frames=6)
    rows = labelled(samples, tmp_path / "out", drawn_faces(), rule=rule)
    assert [row.frames for row in rows] == [6, 6, 6]


def test_shipped_depth_is_cut_with_the_picture_and_kept_for_attacks_too(tmp_path, drawn_faces) -> None:
    for access, distance in ((1, 500), (2, 800)):
        at = tmp_path / "set" / "Train" / f"001_1_{access}"
        at.mkdir(parents=True)
        for number in range(1, 26):
            cv2.imwrite(str(at / f"{at.name}_{number:03d}_scene.jpg"), np.full((48, 64, 3), 90, np.uint8))
            depth = np.full((48, 64), distance, np.uint16)
            depth[:, 32:] -= 100
            cv2.imwrite(str(at / f"{at.name}_{number:03d}_depth.png"), depth)
    rule = LabelRule(depth=DepthSource.SHIPPED)
    found = dmad.list_samples(tmp_path / "set").samples
    labelled(found, tmp_path / "out", drawn_faces(), rule=rule)
    bona_fide, attack = read_group(list_groups(tmp_path / "out", "train")[0])
    assert np.unique(bona_fide.depth_THW).tolist() == pytest.approx([0.0, 0.4, 0.5], abs=1e-3)
    assert np.unique(attack.depth_THW).tolist() == pytest.approx([0.0, 0.7, 0.8], abs=1e-3)
    middle = bona_fide.depth_THW[0, 48]
    assert middle[20] > middle[80] > 0


def test_a_real_face_goes_from_its_video_to_a_training_window(person, encode_video, tmp_path) -> None:
    encode_video(tmp_path / "live.avi", person)
    (tmp_path / "samples.csv").write_text("path,label,subject,split\nlive.avi,bona_fide,ann,train\n")
    found = folder.list_samples(tmp_path).samples
    with LandmarkFinder(default_path()) as faces:
        (row,) = labelled(found, tmp_path / "out", faces)
    assert (row.outcome, row.frames) == ("labelled", 10)
    (capture,) = read_group(list_groups(tmp_path / "out", "train")[0])
    window = window_of(capture, None)
    assert window.faces_T3SS.shape == (5, 3, 64, 64)
    for label in window.depth_Thw:
        row_at, column_at = np.unravel_index(label.argmax(), label.shape)
        assert label.max() > 0.95
        assert 12 <= row_at <= 20
        assert 12 <= column_at <= 20


def test_the_label_flips_with_the_picture(drawn_faces, encode_video, tmp_path) -> None:
    """The face's left half is bright and near; its near half stays the bright one, flipped or not."""
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[:, :34] = 200
    picture[:, 34:] = 60
    encode_video(tmp_path / "live.mp4", [picture] * 24)
    (tmp_path / "samples.csv").write_text("path,label,subject,split\nlive.mp4,bona_fide,ann,train\n")
    found = folder.list_samples(tmp_path).samples
    faces = drawn_faces(tilt=1.0)
    labelled(found, tmp_path / "out", faces)
    (capture,) = read_group(list_groups(tmp_path / "out", "train")[0])
    sides = []
    for seed in range(16):
        window = window_of(capture, np.random.default_rng(seed))
        middle = round(float(np.argwhere(window.masks_Thw)[:, 2].mean()))  # wherever the square was set
        brightness = window.faces_T3SS[:, :, 20:44].mean(axis=(0, 1, 2))
        bright = stronger_side(brightness[2 * middle - 12 : 2 * middle + 12])
        near = stronger_side(window.depth_Thw.sum(axis=(0, 1))[middle - 6 : middle + 6])
        assert near == bright
        sides.append(near)
    assert set(sides) == {"left", "right"}
