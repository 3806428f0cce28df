"""Every tenth hostile upload, read in this process: a clip or a named fault, never anything else."""

from itertools import islice

import pytest

from model.card import SamplingRule
from model.video import VideoError, VideoLimits, read_clip
from tests.service.corpus import Hostile, corpus

FAST = tuple(islice(corpus(), 0, None, 10))


def test_the_corpus_holds_more_than_two_hundred_different_uploads() -> None:
    everything = list(corpus())
    assert len({each.name for each in everything}) == len(everything) > 200
    assert len({each.data for each in everything}) > 200


@pytest.mark.parametrize("hostile", FAST, ids=[each.name for each in FAST])
def test_a_hostile_upload_is_a_clip_or_a_named_fault(hostile: Hostile) -> None:
    try:
        clip = read_clip(hostile.data, rule=SamplingRule(), limits=VideoLimits())
    except VideoError:
        return
    assert clip.frames
    assert 0 < clip.duration <= VideoLimits().max_seconds
