"""Lines of a table, and what several protocols give together."""

from dataclasses import replace

import pytest

from training.paper.judged import Measured
from training.paper.table import in_words, means

LINE = Measured(
    variant="model_3",
    protocol="3_1",
    acer=0.02,
    apcer=0.04,
    bpcer=0.0,
    hter=0.01,
    paper="3.19 ± 0.90",
    refused=0,
    bona_fide=60,
    worst_family="display",
    accepted=4,
    attacks=100,
    threshold=0.5,
    origin="",
)
OTHERS = [replace(LINE, protocol="3_2", acer=0.06), replace(LINE, variant="model_1", acer=0.2, paper="")]


def test_a_variant_has_the_mean_and_the_spread_of_its_protocols() -> None:
    third, first = means([LINE, *OTHERS])
    assert (third.variant, third.rate, third.spread) == ("model_3", pytest.approx(0.04), pytest.approx(0.02))
    assert third.published == pytest.approx(0.0319)
    assert (first.variant, first.spread, first.published) == ("model_1", 0.0, None)
    assert means([LINE], "hter")[0].rate == pytest.approx(0.01)


def test_counts_are_said_of_each_protocol_and_the_mean_of_several() -> None:
    said = in_words([LINE, *OTHERS])
    assert "display 4/100" in said
    assert "2 protocols: 4.0% ± 2.0%  3.19 ± 0.90" in said
    assert said.count("protocols:") == 1
