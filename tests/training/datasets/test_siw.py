"""SiW on a miniature tree."""

from training.datasets.sample import BoxFormat
from training.datasets.siw import list_samples

VIDEOS = (
    "Train/live/003/003-1-1-1-1.mov",
    "Train/spoof/003/003-1-2-1-1.mov",
    "Test/live/001/001-2-1-2-2.mp4",
    "Test/spoof/001/001-2-3-4-2.mov",
)


def test_a_sound_tree_is_read_without_a_problem(tree) -> None:
    root = tree(VIDEOS, {"Train/live/003/003-1-1-1-1.face": "785 425 1070 710\n"})
    listing = list_samples(root)
    assert listing.problems == ()
    by_name = {sample.name: sample for sample in listing.samples}
    live, replay = by_name["Train/live/003/003-1-1-1-1"], by_name["Test/spoof/001/001-2-3-4-2"]
    assert (live.split, live.subject, live.session, live.camera) == ("train", "003", "1", "1")
    assert (live.species, live.box_format) == ("bona_fide", BoxFormat.CORNERS)
    assert live.boxes == root / "Train/live/003/003-1-1-1-1.face"
    assert (replay.split, replay.species, replay.camera) == ("test", "replay_4", "2")


def test_the_pages_underscores_do_as_well(tree) -> None:
    (sample,) = list_samples(tree(["Test/live/001/001_1_1_1_1.mov"])).samples
    assert (sample.subject, sample.camera) == ("001", "1")


def test_each_contradiction_is_one_line(tree) -> None:
    wrong = (
        "Train/live/003/003-1-3-1-1.mov",
        "Train/live/003/006-1-1-1-1.mov",
        "Train/live/001/001-1-1-1-1.mov",
        "Test/spoof/001/replay.mov",
    )
    listing = list_samples(tree((*VIDEOS, *wrong)))
    assert len(listing.samples) == len(VIDEOS)
    assert sorted(map(str, listing.problems)) == [
        "Test/spoof/001/replay.mov: not {live,spoof}/SUBJECT/SUBJECT-SENSOR-TYPE-MEDIUM-SESSION, "
        "e.g. 003-1-1-1-1",
        "Train/live/001/001-1-1-1-1.mov: subject 001 is not one of Train's",
        "Train/live/003/003-1-3-1-1.mov: type 3 is replay, but lies under live",
        "Train/live/003/006-1-1-1-1.mov: subject 006 lies in the folder of subject 003",
    ]
