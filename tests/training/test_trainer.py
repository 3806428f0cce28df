"""Two stages, a frozen backbone, and a training that goes on as if it had never stopped."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from training.batches import Batch
from training.checkpoint import Checkpoint
from training.config import PRESETS, STAGES, TrainConfig, training_card
from training.errors import RunMismatch, SanityError
from training.losses import Losses
from training.optimise import rate_at
from training.source import CaptureSource
from training.trainer import Trainer

SMOKE = PRESETS["smoke"]


@pytest.fixture(scope="module")
def source(captures: Path) -> CaptureSource:
    sizes = {stage: SMOKE.stage(stage).batch_size for stage in STAGES}
    card, share = training_card(SMOKE), SMOKE.time_share
    return CaptureSource(captures, card, split="train", seed=0, batch_sizes=sizes, time_share=share)


def losses(trainer: Trainer, source: CaptureSource, steps: int) -> list[float]:
    return [trainer.step_on(source.batch_at(trainer.stage, trainer.step)).total.item() for _ in range(steps)]


def in_stage(stage: int) -> Trainer:
    trainer = Trainer(SMOKE)
    for _ in range(1, stage):
        trainer.next_stage()
    return trainer


@pytest.mark.parametrize("stage", STAGES)
def test_a_resumed_training_has_the_very_losses_of_one_that_never_stopped(
    stage: int, source: CaptureSource, tmp_path: Path
) -> None:
    straight = losses(in_stage(stage), source, 6)
    stopped = in_stage(stage)
    before = losses(stopped, source, 3)
    stopped.checkpoint().save(tmp_path / "checkpoint.pt")
    torch.manual_seed(99)  # whatever else the process did meanwhile
    resumed = Trainer.resumed(Checkpoint.load(tmp_path / "checkpoint.pt"))
    assert before + losses(resumed, source, 3) == straight


def test_a_resumed_training_has_the_weights_and_the_average_of_one_that_never_stopped(
    source: CaptureSource, tmp_path: Path
) -> None:
    straight, stopped = in_stage(2), in_stage(2)
    losses(straight, source, 4)
    losses(stopped, source, 2)
    stopped.checkpoint().save(tmp_path / "checkpoint.pt")
    resumed = Trainer.resumed(Checkpoint.load(tmp_path / "checkpoint.pt"))
    losses(resumed, source, 2)
    for ours, theirs in ((resumed.net, straight.net), (resumed.evaluated, straight.evaluated)):
        for name, each in ours.state_dict().items():
            assert torch.equal(each, theirs.state_dict()[name]), name


def test_the_second_stage_leaves_the_backbone_and_its_statistics_as_they_are(source: CaptureSource) -> None:
    trainer = in_stage(2)
    before = {name: each.clone() for name, each in trainer.net.frame_net.state_dict().items()}
    classifier = [each.clone() for each in trainer.net.classify.parameters()]
    losses(trainer, source, 3)
    assert not trainer.net.frame_net.training
    for name, each in trainer.net.frame_net.state_dict().items():
        assert torch.equal(each, before[name]), name
    assert not all(
        torch.equal(new, old) for new, old in zip(trainer.net.classify.parameters(), classifier, strict=True)
    )


def test_a_second_stage_that_moves_the_backbone_moves_its_weights_and_not_its_statistics(
    source: CaptureSource,
) -> None:
    trainer = Trainer(replace(SMOKE, backbone_rate=0.1))
    trainer.next_stage()
    before = {name: each.clone() for name, each in trainer.net.frame_net.state_dict().items()}
    losses(trainer, source, 3)
    assert not trainer.net.frame_net.training
    kept = {
        name for name, each in trainer.net.frame_net.state_dict().items() if torch.equal(each, before[name])
    }
    statistics = {name for name in before if "running" in name or "num_batches" in name}
    assert {name for name in kept if "norm.weight" not in name} == statistics


@pytest.mark.parametrize("backbone_rate", [0.0, 0.1])
def test_a_backbone_that_moves_is_asked_for_the_depth_of_single_frames(
    backbone_rate: float, source: CaptureSource
) -> None:
    def first_loss(coarse_weight: float) -> Losses:
        trainer = Trainer(replace(SMOKE, backbone_rate=backbone_rate, coarse_weight=coarse_weight))
        trainer.next_stage()
        return trainer.step_on(source.batch_at(2, 0))

    without, beside = first_loss(0.0), first_loss(1.0)
    assert without.coarse is None
    assert (beside.coarse is not None) == (beside.total > without.total) == (backbone_rate > 0)


def test_the_backbone_moves_at_its_share_of_the_rate(source: CaptureSource) -> None:
    trainer = Trainer(replace(SMOKE, backbone_rate=0.1))
    for stage, shares in ((1, {1.0}), (2, {1.0, 0.1})):
        assert trainer.stage == stage
        losses(trainer, source, 1)
        rate = rate_at(0, SMOKE.stage(stage))
        assert {round(group["lr"] / rate, 9) for group in trainer.optimiser.param_groups} == shares
        if stage == 1:
            trainer.next_stage()


def test_frames_that_are_encoded_in_parts_say_what_they_say_together(
    source: CaptureSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = source.batch_at(2, 0)

    def loss(part: int) -> float:
        monkeypatch.setattr("training.trainer._PART", part)
        return in_stage(2).step_on(batch).total.item()

    assert loss(3) == pytest.approx(loss(1000), rel=1e-5)


def test_the_second_stage_begins_with_the_first_ones_average(source: CaptureSource) -> None:
    trainer = in_stage(1)
    losses(trainer, source, 3)
    averaged = {name: each.clone() for name, each in trainer.evaluated.state_dict().items()}
    trainer.next_stage()
    assert trainer.stage == 2
    for name, each in trainer.net.state_dict().items():
        assert torch.equal(each, averaged[name]), name


def test_training_lowers_the_loss(source: CaptureSource) -> None:
    trainer = Trainer(replace(SMOKE, stage1=replace(SMOKE.stage1, steps=30, learning_rate=5e-3)))
    batch = source.batch_at(1, 0)
    course = [trainer.step_on(batch).total.item() for _ in range(25)]
    assert course[-1] < 0.5 * course[0]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda batch: replace(batch, depth_BThw=batch.depth_BThw + 0.5), "an attack has depth"),
        (lambda batch: replace(batch, depth_BThw=0 * batch.depth_BThw), "no bona fide window has depth"),
        (lambda batch: replace(batch, faces_BTCHW=batch.faces_BTCHW * float("nan")), "not finite"),
        (lambda batch: replace(batch, bona_fide_B=~batch.bona_fide_B & False), "one class"),
    ],
)
def test_labels_that_cannot_be_right_stop_a_training_before_it_starts(
    spoil: Callable[[Batch], Batch], message: str, source: CaptureSource
) -> None:
    with pytest.raises(SanityError, match=message):
        Trainer(SMOKE).step_on(spoil(source.batch_at(1, 0)))


def test_gradients_that_are_not_finite_stop_a_training_before_it_starts(source: CaptureSource) -> None:
    trainer = Trainer(SMOKE)
    with torch.no_grad():
        trainer.net.frame_net.depth.weight[:] = 1e38
    with pytest.raises(SanityError, match="gradient"):
        trainer.step_on(source.batch_at(1, 0))


def test_a_configuration_survives_the_checkpoint() -> None:
    for config in PRESETS.values():
        assert TrainConfig.from_json(config.to_json()) == config


def test_a_configuration_of_another_version_is_an_error() -> None:
    with pytest.raises(RunMismatch, match="another version"):
        TrainConfig.from_json(SMOKE.to_json().replace('"beta"', '"gamma"'))


def test_a_missing_checkpoint_is_an_error_that_says_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(RunMismatch, match="train"):
        Checkpoint.load(tmp_path / "checkpoint.pt")


def test_a_batch_of_odd_size_would_part_a_pair() -> None:
    with pytest.raises(ValueError, match="even"):
        replace(SMOKE.stage1, batch_size=3)


def test_the_rate_rises_stays_and_falls() -> None:
    stage = replace(SMOKE.stage1, steps=100, warmup_steps=10, cooldown_share=0.2, learning_rate=1.0)
    rates = [rate_at(step, stage) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[10:80] == [1.0] * 70
    assert all(later < earlier for earlier, later in pairwise(rates[79:]))
    assert 0 < rates[-1] < 0.1
    assert rate_at(100, stage) == 0


def test_l2_acts_on_weights_of_convolutions_and_linear_layers_but_not_on_the_convgru() -> None:
    trainer = in_stage(2)
    decayed = {id(each) for each in trainer.optimiser.param_groups[0]["params"]}
    names = {name for name, each in trainer.net.named_parameters() if id(each) in decayed}
    assert names
    assert all(name.endswith(".weight") and not name.startswith("propagate") for name in names)
    assert trainer.optimiser.param_groups[1]["weight_decay"] == 0


def test_a_training_begins_with_the_weights_of_another_run(source: CaptureSource) -> None:
    other = in_stage(2)
    losses(other, source, 3)
    checkpoint = other.checkpoint()
    begun = Trainer.begun_with(checkpoint, SMOKE)
    assert (begun.stage, begun.step) == (1, 0)
    for net in (begun.net, begun.evaluated):
        state = net.state_dict()
        assert all(torch.equal(state[name], each) for name, each in checkpoint.best_weights.items())


def test_of_a_network_with_another_temporal_module_the_backbone_is_taken() -> None:
    other = in_stage(1).checkpoint()
    louder = replace(SMOKE, network=replace(SMOKE.network, change_gain=4.0), seed=5)
    state = Trainer.begun_with(other, louder).net.state_dict()
    for name, each in other.best_weights.items():
        same = torch.equal(state[name], each)
        assert same or not name.startswith("frame_net."), name
    assert not torch.equal(state["short_term.last.0.weight"], other.best_weights["short_term.last.0.weight"])


def test_weights_of_another_backbone_are_refused() -> None:
    with pytest.raises(RunMismatch, match="another network"):
        Trainer.begun_with(Trainer(PRESETS["compact"]).checkpoint(), SMOKE)
