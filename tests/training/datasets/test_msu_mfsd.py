"""MSU-MFSD on a miniature tree."""

from training.datasets.msu_mfsd import CLIENTS, list_samples
from training.datasets.sample import BoxFormat

REAL = "scene01/real/real_client002_android_SD_scene01"
VIDEOS = (
    f"{REAL}.mp4",
    "scene01/attack/attack_client002_laptop_SD_printed_photo_scene01.mov",
    "scene01/attack/attack_client051_android_SD_ipad_video_scene01.mp4",
)
LISTS = {f"{split}_sub_list.txt": "\n".join(f"{n:02d}" for n in who) for split, who in CLIENTS.items()}


def test_a_sound_tree_is_read_without_a_problem(tree) -> None:
    root = tree(VIDEOS, LISTS | {f"{REAL}.face": "0,10,10,40,40,15,20,30,20\n"})
    listing = list_samples(root)
    assert listing.problems == ()
    by_name = {sample.name: sample for sample in listing.samples}
    real, tablet = by_name[REAL], by_name[VIDEOS[2].removesuffix(".mp4")]
    assert (real.split, real.subject, real.camera, real.species) == ("train", "002", "android", "bona_fide")
    assert (real.boxes, real.box_format) == (root / f"{REAL}.face", BoxFormat.NUMBERED_CORNERS)
    assert (tablet.split, tablet.species) == ("test", "replay_tablet")


def test_lists_that_differ_from_the_published_split_are_named(tree) -> None:
    root = tree(VIDEOS, LISTS | {"test_sub_list.txt": "01\n02\n"})
    (root / "train_sub_list.txt").unlink()
    assert [str(problem) for problem in list_samples(root).problems] == [
        "train_sub_list.txt: the list is missing: the built-in split is used unchecked",
        "test_sub_list.txt: does not name the 20 clients of test",
    ]


def test_each_wrong_name_is_one_line(tree) -> None:
    wrong = ("scene01/real/real_client004_laptop_SD_scene01.mov", "scene01/attack/attack_client002_x.mov")
    assert sorted(map(str, list_samples(tree((*VIDEOS, *wrong), LISTS)).problems)) == [
        f"{wrong[1]}: neither real/real_clientNNN_CAMERA_SD_scene01 nor attack/attack_..._INSTRUMENT_scene01",
        f"{wrong[0]}: the set has no client 004",
    ]
