"""What is wrong beyond names: missing videos, shared subjects, and sets without a dev split."""

from dataclasses import replace
from pathlib import Path

from training.datasets.casia_mfsd import roster
from training.datasets.check import missing, unreadable
from training.datasets.footage import FootageError
from training.datasets.sample import Sample
from training.datasets.splits import shared_subjects, with_dev


def on_disk() -> list[Sample]:
    return [
        Sample(
            name=each.name, split=each.split, subject=each.subject, session=each.session,
            camera=each.camera, species=each.species, data_set="casia-mfsd", path=Path(each.name),
        )
        for each in roster()
    ]  # fmt: skip


def test_a_complete_copy_misses_nothing() -> None:
    assert missing(on_disk(), roster()) == ()


def test_missing_videos_are_one_line_a_subject_and_absent_subjects_one_for_all() -> None:
    gone = {"train_release/1/2", "train_release/1/4", "train_release/1/6", "train_release/1/8"}
    left = [each for each in on_disk() if each.name not in gone and each.subject not in ("02", "50")]
    assert [str(problem) for problem in missing(left, roster())] == [
        "subject 01: 4 of 12 videos are missing: train_release/1/2, train_release/1/4, "
        "train_release/1/6, ...",
        "subjects: 2 of 50 are absent altogether: 02, 50",
    ]


def test_a_subject_of_two_splits_is_a_problem() -> None:
    samples = on_disk()
    assert shared_subjects(samples) == ()
    (problem,) = shared_subjects([*samples, replace(samples[0], split="test")])
    assert str(problem) == "subject 01: is in more than one split: test, train"


def test_a_set_without_dev_holds_out_every_fifth_training_subject() -> None:
    samples = with_dev(on_disk())
    assert {each.subject for each in samples if each.split == "dev"} == {"05", "10", "15", "20"}
    assert shared_subjects(samples) == ()
    assert [each.name for each in samples] == [each.name for each in on_disk()]
    assert {each.subject for each in samples if each.split == "test"} == {
        each.subject for each in on_disk() if each.split == "test"
    }


def test_a_published_dev_split_is_left_alone() -> None:
    samples = [replace(each, split="dev") if each.subject == "01" else each for each in on_disk()]
    assert with_dev(samples) == tuple(samples)


def test_an_unreadable_video_does_not_hide_the_next() -> None:
    def broken(sample: Sample) -> None:
        if sample.camera == "low":
            raise FootageError("cut off")

    problems = [str(problem) for problem in unreadable(on_disk()[:12], broken)]
    assert len(problems) == 4
    assert problems[0] == "train_release/1/2: cut off"
