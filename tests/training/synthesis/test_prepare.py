"""Which portraits become heads: those without obstacles, and in an old folder those that are there."""

from pathlib import Path

import pytest

from training.synthesis.portrait_folder import due_portraits
from training.synthesis.tags import AgeGroup, Tag, portrait_tags


def tagged(tag: Tag) -> Path:
    return Path(next(name for name, each in portrait_tags().items() if tag in each.tags) + ".jpg")


def child() -> Path:
    names = (
        name for name, each in portrait_tags().items() if each.age_group is AgeGroup.CHILD and not each.tags
    )
    return Path(f"{next(names)}.jpg")


@pytest.mark.parametrize("tag", [Tag.SUNGLASSES, Tag.HAND, Tag.COVERED, Tag.PAINTING])
def test_a_new_folder_gets_no_head_from_an_obstacle(tag: Tag, tmp_path: Path) -> None:
    due, done = due_portraits([tagged(tag)], tmp_path)
    assert not due
    assert list(done.refused) == [str(tagged(tag))]


def test_children_are_kept_for_training(tmp_path: Path) -> None:
    assert due_portraits([child()], tmp_path)[0] == [child()]


def test_somebodys_own_portraits_need_no_tags(tmp_path: Path) -> None:
    assert due_portraits([Path("me.jpg")], tmp_path)[0] == [Path("me.jpg")]


def test_an_old_folder_keeps_its_people_and_it_is_said(tmp_path: Path) -> None:
    name = tagged(Tag.SUNGLASSES)
    (tmp_path / f"{name.stem}.npz").touch()
    due, done = due_portraits([name], tmp_path)
    assert (due, done.kept, done.outdated) == ([], 1, {str(name): "sunglasses"})


def test_a_dropped_near_duplicate_is_not_prepared_again(tmp_path: Path) -> None:
    (tmp_path / "duplicates.txt").write_text("twin\n")
    assert due_portraits([Path("twin.jpg")], tmp_path)[0] == []
