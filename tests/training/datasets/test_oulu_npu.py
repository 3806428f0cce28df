"""OULU-NPU on a miniature tree: names, eyes, extracted frames, and its protocol lists."""

import pytest

from training.datasets.oulu_npu import list_samples
from training.datasets.sample import BoxFormat, DataSetError, DepthFormat
from training.protocols import OULU_NPU

VIDEOS = (
    "Train_files/1_1_01_1.avi",
    "Train_files/6_3_20_5.avi",
    "Dev_files/2_2_21_2.avi",
    "Test_files/3_3_55_4.avi",
)
SIGNS = {"1_1_01_1": "+1", "6_3_20_5": "-1", "2_2_21_2": "-1", "3_3_55_4": "-2"}


@pytest.fixture
def lists():
    """The lists that the set ships, for the miniature's videos."""
    texts = {}
    for name, protocol in OULU_NPU.items():
        number, _, fold = name.partition("_")
        for folder in ("Train", "Dev", "Test"):
            listed = []
            for video in VIDEOS:
                stem = video.split("/")[1].removesuffix(".avi")
                phone, session, _, access = stem.split("_")
                species = ("bona_fide", "print_1", "print_2", "display_1", "display_2")[int(access) - 1]
                selection = protocol.of_split(folder.lower())
                used = (
                    video.startswith(folder)
                    and (selection.sessions is None or session in selection.sessions)
                    and (selection.cameras is None or phone in selection.cameras)
                    and (access == "1" or selection.species is None or species in selection.species)
                )
                listed += [f"{SIGNS[stem]},{stem}"] if used else []
            file = f"{folder}{'_' + fold if fold else ''}.txt"
            texts[f"Protocols/Protocol_{number}/{file}"] = "\n".join(listed) + "\n"
    return texts


def test_a_sound_tree_is_read_without_a_problem(tree, lists) -> None:
    root = tree(VIDEOS, lists | {"Train_files/1_1_01_1.txt": "0,30,20,34,20\n"})
    listing = list_samples(root)
    assert listing.problems == ()
    first, last = listing.samples[0], listing.samples[-1]
    assert (first.split, first.subject, first.session, first.camera) == ("train", "01", "1", "1")
    assert first.bona_fide
    assert (first.boxes, first.box_format) == (root / "Train_files/1_1_01_1.txt", BoxFormat.EYES)
    assert (last.split, last.subject, last.species) == ("test", "55", "display_1")
    assert last.boxes is None


def test_extracted_frames_of_the_papers_code_do_as_well(tree) -> None:
    names = ("1_1_01_1_001_scene.jpg", "1_1_01_1_001_scene.dat", "1_1_01_1_001_depth1D.jpg")
    root = tree((), {f"Train_files/1_1_01_1/{name}": "x" for name in names})
    (sample,) = list_samples(root).samples
    assert (sample.path, sample.depth_format) == (root / "Train_files/1_1_01_1", DepthFormat.RELIEF)


def test_each_wrong_name_is_one_line_and_the_rest_is_read(tree, lists) -> None:
    root = tree((*VIDEOS, "Train_files/holiday.avi", "Train_files/1_1_21_1.avi"), lists)
    (root / "Dev_files/1_1_22_1.avi").touch()
    listing = list_samples(root)
    assert len(listing.samples) == len(VIDEOS)
    assert sorted(map(str, listing.problems)) == [
        "Dev_files/1_1_22_1.avi: the file is empty",
        "Train_files/1_1_21_1.avi: user 21 is not one of train's, 1 to 20",
        "Train_files/holiday.avi: not PHONE_SESSION_USER_ACCESS, e.g. 1_1_01_1",
    ]


def test_a_video_without_its_protocol_line_is_one_line_for_all_lists(tree, lists) -> None:
    for name in lists:
        lists[name] = lists[name].replace("+1,1_1_01_1\n", "")
    (problem,) = list_samples(tree(VIDEOS, lists)).problems
    assert str(problem) == (
        "1_1_01_1: belongs to the protocol, but has no line in "
        "Protocols/Protocol_1/Train.txt and 11 more lists"
    )


def test_a_listed_video_that_is_not_on_disk_is_one_line(tree, lists) -> None:
    lists["Protocols/Protocol_1/Train.txt"] += "-1,4_1_07_2\n"
    (problem,) = list_samples(tree(VIDEOS, lists)).problems
    assert str(problem) == "4_1_07_2: named in Protocols/Protocol_1/Train.txt, but not on disk"


def test_malformed_lines_wrong_labels_and_missing_lists_are_named(tree, lists) -> None:
    lists["Protocols/Protocol_2/Dev.txt"] += "live 2_2_21_2\n"
    lists["Protocols/Protocol_1/Test.txt"] = "-1,3_3_55_4\n"
    del lists["Protocols/Protocol_3/Test_6.txt"]
    assert sorted(map(str, list_samples(tree(VIDEOS, lists)).problems)) == [
        "Protocols/Protocol_1/Test.txt: 3_3_55_4 is labelled -1, its name says -2",
        "Protocols/Protocol_2/Dev.txt line 2: not LABEL,VIDEO, e.g. +1,1_1_01_1: 'live 2_2_21_2'",
        "Protocols/Protocol_3/Test_6.txt: the protocol list is missing",
    ]


def test_a_tree_without_lists_is_read_by_our_tables_and_says_so(tree) -> None:
    listing = list_samples(tree(VIDEOS))
    assert len(listing.samples) == len(VIDEOS)
    assert [problem.where for problem in listing.problems] == ["Protocols"]


def test_a_folder_that_is_missing_is_named(tree, lists) -> None:
    root = tree([video for video in VIDEOS if not video.startswith("Dev")], lists)
    assert "Dev_files: the folder is missing" in map(str, list_samples(root).problems)


def test_another_folder_altogether_is_refused(tmp_path) -> None:
    with pytest.raises(DataSetError, match="no copy of oulu-npu: it has none of the folders Train_files"):
        list_samples(tmp_path)
