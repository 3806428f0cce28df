"""Tags of portraits: what keeps a picture from being a head, and from being shown."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from training.datasets.capture import Capture, write_group
from training.errors import NoCaptures
from training.synthesis.assets import MANIFEST
from training.synthesis.rigged import head_labels
from training.synthesis.sheet import draw_sheet
from training.synthesis.tags import AgeGroup, PortraitTags, Tag, may_be_shown, portrait_tags, read_tags


def tagged(*tags: Tag) -> PortraitTags:
    return PortraitTags(AgeGroup.ADULT, frozenset(tags))


def capture(group: int, subject: str, **factors: str) -> Capture:
    _, jpeg = cv2.imencode(".jpg", np.full((32, 32, 3), 90, np.uint8))
    return Capture(
        group=group,
        split="train",
        subject=subject,
        species="bona_fide",
        bona_fide=True,
        frames=(jpeg.tobytes(),),
        times_T=np.zeros(1),
        landmarks_TL3=np.zeros((1, 478, 3), np.float32),
        depth_THW=np.zeros((1, 32, 32), np.float32),
        factors=dict(factors),
    )


def test_every_portrait_of_the_manifest_is_tagged_and_nothing_else() -> None:
    with MANIFEST.open() as lines:
        names = {Path(row["file"]).stem for row in csv.DictReader(lines) if row["file"].startswith("faces/")}
    assert set(portrait_tags()) == names


@pytest.mark.parametrize("tag", [Tag.SUNGLASSES, Tag.HAND, Tag.COVERED, Tag.PAINTING])
def test_what_hides_or_replaces_the_face_keeps_a_portrait_from_being_a_head(tag: Tag) -> None:
    assert tagged(Tag.BEARD, tag).no_head


def test_glasses_headwear_and_beard_are_no_obstacle() -> None:
    assert tagged(Tag.GLASSES, Tag.HEADWEAR, Tag.BEARD).no_head is None


def test_glasses_and_sunglasses_are_never_both_tagged() -> None:
    assert not [name for name, each in portrait_tags().items() if {Tag.GLASSES, Tag.SUNGLASSES} <= each.tags]


def test_factors_say_no_to_what_was_not_seen() -> None:
    assert tagged(Tag.BEARD).factors() == {
        "age_group": "adult",
        "glasses": "no",
        "headwear": "no",
        "beard": "yes",
    }


@pytest.mark.parametrize("name", ["MENA_F_1_Busi", "X_MENA_F_1_Busi"])
def test_a_modelled_head_is_labelled_by_its_file_name_validated_or_not(name: str) -> None:
    assert head_labels(name) == {"labelled_group": "MENA", "labelled_sex": "F"}


def test_an_unknown_tag_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "tags.csv").write_text("# by eye\nname,age_group,tags\none,adult,monocle\n")
    with pytest.raises(ValueError, match="monocle"):
        read_tags(tmp_path / "tags.csv")


def test_a_child_is_known_by_its_name_where_older_captures_tell_no_age() -> None:
    child = next(name for name, each in portrait_tags().items() if each.age_group is AgeGroup.CHILD)
    assert not may_be_shown(child, {})


def test_somebody_untagged_may_be_shown() -> None:
    assert may_be_shown("subject 12", {})


def test_a_sheet_shows_no_child(tmp_path: Path) -> None:
    write_group(tmp_path, (capture(0, "one", age_group="child"),))
    write_group(tmp_path, (capture(1, "two", age_group="old"),))
    assert draw_sheet(tmp_path, tmp_path / "s.png", split="train", species=None, rows=5) == 1


def test_a_sheet_of_nothing_but_children_is_refused(tmp_path: Path) -> None:
    write_group(tmp_path, (capture(0, "one", age_group="child"),))
    with pytest.raises(NoCaptures):
        draw_sheet(tmp_path, tmp_path / "s.png", split="train", species=None, rows=5)


@pytest.mark.parametrize(("by", "shown"), [("species", 1), ("session", 2), ("camera", 3)])
def test_a_sheet_sets_beside_each_other_what_it_is_asked_for(tmp_path: Path, by: str, shown: int) -> None:
    places = [("lab/1", "phone"), ("lab/2", "webcam"), ("park/1", "tablet"), ("park/1", "tablet")]
    for number, (session, camera) in enumerate(places):
        write_group(tmp_path, (capture(number, "one", session=session, camera=camera),))
    out = tmp_path / "s.png"
    assert draw_sheet(tmp_path, out, split="train", species=None, rows=1, by=by) == shown
