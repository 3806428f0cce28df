"""CASIA-MFSD on a miniature tree."""

from training.datasets.casia_mfsd import VIDEOS, list_samples


def test_a_sound_tree_is_read_without_a_problem(tree) -> None:
    root = tree(f"{folder}/3/{video}.avi" for folder in ("train_release", "test_release") for video in VIDEOS)
    listing = list_samples(root)
    assert listing.problems == ()
    assert len(listing.samples) == 24
    by_name = {sample.name: sample for sample in listing.samples}
    high, low = by_name["train_release/3/HR_3"], by_name["test_release/3/8"]
    assert (high.split, high.subject, high.camera, high.species) == ("train", "03", "high", "print_cut")
    assert (low.camera, low.species) == ("low", "replay_tablet")


def test_people_of_equal_number_in_train_and_test_are_different(tree) -> None:
    train, test = list_samples(tree(["train_release/3/1.avi", "test_release/3/1.avi"])).samples
    assert (train.subject, test.subject) == ("03", "23")


def test_each_wrong_name_is_one_line(tree) -> None:
    listing = list_samples(
        tree(["train_release/3/1.avi", "train_release/21/1.avi", "test_release/3/HR_5.avi"])
    )
    assert sorted(map(str, listing.problems)) == [
        "test_release/3/HR_5.avi: not SUBJECT/VIDEO with one of " + ", ".join(VIDEOS),
        "train_release/21/1.avi: subject 21 is not one of 1 to 20",
    ]
