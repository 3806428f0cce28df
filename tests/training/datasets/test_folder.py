"""A customer's folder with a table."""

import pytest

from training.datasets.folder import list_samples
from training.datasets.sample import DataSetError

HEADER = "path,label,subject,split,session,camera,species\n"


def test_rows_become_samples(tree) -> None:
    table = (
        HEADER
        + "a.mp4,bona_fide,ann,train,office,phone,\nb/c.mov,attack,bob,test,,,mask\nd.avi,attack,ann,train\n"
    )
    listing = list_samples(tree(["a.mp4", "b/c.mov", "d.avi"], {"samples.csv": table}))
    assert listing.problems == ()
    assert [(each.name, each.split, each.subject, each.species) for each in listing.samples] == [
        ("a.mp4", "train", "ann", "bona_fide"),
        ("b/c.mov", "test", "bob", "mask"),
        ("d.avi", "train", "ann", "attack"),
    ]
    assert (listing.samples[0].session, listing.samples[0].camera) == ("office", "phone")


def test_a_table_saved_by_a_spreadsheet_is_read(tree) -> None:
    listing = list_samples(tree(["a.mp4"], {"samples.csv": "\ufeff" + HEADER + "a.mp4,bona_fide,ann,dev\n"}))
    assert [each.subject for each in listing.samples] == ["ann"]


def test_each_bad_row_is_one_line_and_the_rest_is_read(tree) -> None:
    rows = (
        "a.mp4,bona_fide,ann,train",
        "a.mp4,bona_fide,ann,train",
        "a.mp4,live,ann,train",
        "a.mp4,attack,ann,validation",
        "../a.mp4,attack,ann,train",
        "gone.mp4,attack,ann,train",
        "a.mp4,attack,,train",
    )
    listing = list_samples(tree(["a.mp4"], {"samples.csv": HEADER + "\n".join(rows)}))
    assert len(listing.samples) == 1
    assert [str(problem) for problem in listing.problems] == [
        "samples.csv line 3: a.mp4 is already on line 2",
        "samples.csv line 4: the label is bona_fide or attack, not live",
        "samples.csv line 5: the split is one of train, dev, test, not validation",
        "samples.csv line 6: ../a.mp4 is not a path below the folder",
        "samples.csv line 7: gone.mp4 is not there",
        "samples.csv line 8: subject is empty",
    ]


@pytest.mark.parametrize(
    ("text", "message"), [(None, "samples.csv is missing"), ("path,label\n", "no column subject, split")]
)
def test_a_folder_without_a_usable_table_is_refused(tree, text: str | None, message: str) -> None:
    root = tree((), {"samples.csv": text} if text else {})
    with pytest.raises(DataSetError, match=message):
        list_samples(root)
