"""The card survives its journey through ONNX metadata, and nothing else passes for one."""

import json

import pytest

from model.card import CardError, ModelCard, VerdictRule

CARD = ModelCard(
    name="compact",
    version="0.1.0",
    variant="compact",
    status="test",
    training_run="none",
    data_version="none",
    face_size=128,
    threshold=0.4,
    verdict=VerdictRule(min_motion=0.007),
)


def test_a_card_survives_the_round_trip() -> None:
    assert ModelCard.from_json(CARD.to_json()) == CARD


def test_a_card_without_a_tone_stretch_survives_the_round_trip() -> None:
    fields = json.loads(CARD.to_json()) | {"tone_percentiles": None}
    assert ModelCard.from_json(json.dumps(fields)).tone_percentiles is None


@pytest.mark.parametrize("change", [{"surprise": 1}, {"num_frames": "five"}, {"status": "perfect"}])
def test_an_unknown_or_ill_typed_key_is_an_error(change: dict[str, object]) -> None:
    fields = json.loads(CARD.to_json()) | change
    with pytest.raises(CardError):
        ModelCard.from_json(json.dumps(fields))


def test_a_missing_key_is_an_error() -> None:
    fields = json.loads(CARD.to_json())
    del fields["threshold"]
    with pytest.raises(CardError, match="threshold"):
        ModelCard.from_json(json.dumps(fields))


def test_text_that_is_no_card_is_an_error() -> None:
    with pytest.raises(CardError):
        ModelCard.from_json("{")
