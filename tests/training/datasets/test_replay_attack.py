"""Replay-Attack on a miniature tree."""

from training.datasets.replay_attack import list_samples
from training.datasets.sample import BoxFormat

REAL = "train/real/client001_session01_webcam_authenticate_adverse_1"
VIDEOS = (
    f"{REAL}.mov",
    "devel/real/client003_session01_webcam_authenticate_controlled_2.mov",
    "devel/attack/fixed/attack_print_client003_session01_highdef_photo_controlled.mov",
    "test/attack/hand/attack_mobile_client009_session01_mobile_video_adverse.mov",
)


def test_a_sound_tree_is_read_without_a_problem(tree) -> None:
    root = tree(VIDEOS, {f"face-locations/{REAL}.face": "0 10 10 30 30\n"})
    listing = list_samples(root)
    assert listing.problems == ()
    by_name = {sample.name: sample for sample in listing.samples}
    real, mobile = by_name[REAL], by_name[VIDEOS[3].removesuffix(".mov")]
    assert (real.split, real.subject, real.session, real.species) == ("train", "001", "adverse", "bona_fide")
    assert real.boxes == root / f"face-locations/{REAL}.face"
    assert real.box_format is BoxFormat.LEFT_TOP_WIDTH_HEIGHT
    assert (mobile.split, mobile.species, mobile.boxes) == ("test", "mobile_video", None)
    assert {sample.split for sample in listing.samples} == {"train", "dev", "test"}


def test_enrolment_videos_are_no_part_of_the_protocol(tree) -> None:
    listing = list_samples(tree([*VIDEOS, "enroll/train/client001_session01_webcam_enroll_adverse.mov"]))
    assert len(listing.samples) == len(VIDEOS)
    assert listing.problems == ()


def test_each_wrong_name_is_one_line(tree) -> None:
    wrong = ("train/real/client001.mov", "train/real/client003_session01_webcam_authenticate_adverse_1.mov")
    assert sorted(map(str, list_samples(tree((*VIDEOS, *wrong))).problems)) == [
        "train/real/client001.mov: neither real/clientNNN_session01_webcam_... nor "
        "attack/{fixed,hand}/attack_...",
        f"{wrong[1]}: client 003 is not one of train's",
    ]
