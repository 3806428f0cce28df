"""One training: a network, its optimiser and its place in the two stages; what it needs to stop and go on."""

import torch
from torch import Tensor

from model.network.liveness import LivenessNet, LivenessOutput, fused
from training.batches import Batch
from training.checkpoint import Checkpoint
from training.config import TrainConfig
from training.errors import RunMismatch
from training.losses import Losses, overall_loss, single_frame_loss, with_coarse_loss
from training.optimise import make_optimiser, moving_average, prepare_stage, rate_at, reduced_precision
from training.sanity import check_gradients, check_labels
from training.team import ALONE, Team

_LAYOUT = torch.channels_last
_PART = 10  # frames


class Trainer:
    """Mutable: each call of `step_on` moves the weights once."""

    def __init__(self, config: TrainConfig, *, device: str = "cpu", team: Team = ALONE) -> None:
        torch.manual_seed(config.seed)
        self.config, self.device, self.team = config, device, team
        self.net = LivenessNet(config.network)
        self.net.to(device=torch.device(device), memory_format=_LAYOUT)  # type: ignore[call-overload]
        self._enter(1)

    @classmethod
    def resumed(cls, checkpoint: Checkpoint, *, device: str = "cpu", team: Team = ALONE) -> "Trainer":
        """Goes on where `checkpoint` was taken, as if it had never stopped."""
        trainer = cls(checkpoint.config, device=device, team=team)
        trainer.net.load_state_dict(checkpoint.network)
        trainer._enter(checkpoint.stage)
        trainer.step = checkpoint.step
        trainer.optimiser.load_state_dict(checkpoint.optimiser)
        if trainer.average is not None and checkpoint.average is not None:
            trainer.average.load_state_dict(checkpoint.average)
        torch.set_rng_state(checkpoint.random_state)
        return trainer

    @classmethod
    def begun_with(
        cls, other: Checkpoint, config: TrainConfig, *, device: str = "cpu", team: Team = ALONE
    ) -> "Trainer":
        """A new training that starts from another one's best weights.

        From all of them where the networks are the same, else from the backbone's: what the temporal module
        learnt means nothing under another of its switches. Raises RunMismatch where the backbones differ.
        """
        trainer = cls(config, device=device, team=team)
        weights = other.best_weights
        if other.config.network != config.network:
            weights = {name: each for name, each in weights.items() if name.startswith("frame_net.")}
        try:
            trainer.net.load_state_dict(trainer.net.state_dict() | weights)
        except RuntimeError as error:
            raise RunMismatch(f"these weights are of another network: {error}") from error
        trainer._enter(1)
        return trainer

    def checkpoint(self) -> Checkpoint:
        return Checkpoint(
            config=self.config,
            stage=self.stage,
            step=self.step,
            network=self.net.state_dict(),
            average=None if self.average is None else self.average.state_dict(),
            optimiser=self.optimiser.state_dict(),
            random_state=torch.get_rng_state(),
        )

    @property
    def evaluated(self) -> LivenessNet:
        """The weights that count: the moving average where there is one."""
        if self.average is None:
            return self.net
        averaged = self.average.module
        assert isinstance(averaged, LivenessNet)
        return averaged

    def next_stage(self) -> None:
        """The second stage begins with the first one's best weights, a whole team with the leader's.

        Only here would a follower's own running statistics matter: a step normalises by its batch, and the
        leader alone evaluates and saves. So a team that stopped, and whose members all loaded what the leader
        had saved, goes on as if it had not.
        """
        self.net.load_state_dict(self.evaluated.state_dict())
        self.team.share(self.net.buffers())  # the weights are the same in all
        self._enter(self.stage + 1)

    def step_on(self, batch: Batch) -> Losses:
        """One step of the stage. Raises SanityError in its first step where labels or gradients are wrong."""
        if self.step == 0:
            check_labels(batch)
        config = self.config.stage(self.stage)
        for group, share in zip(self.optimiser.param_groups, self._shares, strict=True):
            group["lr"] = share * rate_at(self.step, config)
        self.optimiser.zero_grad(set_to_none=True)
        losses = self._losses(batch.to(self.device))
        losses.total.backward()  # type: ignore[no-untyped-call]
        if self.step == 0:
            check_gradients(self.net, self.trained)
        self.team.average(self.trained)
        self.optimiser.step()
        if self.average is not None:
            self.average.update_parameters(self.net)
        self.step += 1
        return losses

    def _enter(self, stage: int) -> None:
        self.stage, self.step = stage, 0
        self.net.zero_grad(set_to_none=True)  # nothing of the stage before
        share = self.config.backbone_share(stage)
        self.trained = prepare_stage(self.net, stage, moves_backbone=share > 0)
        self.optimiser = make_optimiser(self.net, self.config.stage(stage), backbone_share=share)
        self._shares = [group["share"] for group in self.optimiser.param_groups]
        decay = self.config.average_decay
        self.average = None if decay is None else moving_average(self.net, decay)
        self._frozen = fused(self.net).frame_net if share == 0 else None

    def _losses(self, batch: Batch) -> Losses:
        return self._single_frame(batch) if self.stage == 1 else self._over_time(batch)

    def _single_frame(self, batch: Batch) -> Losses:
        faces_N3SS, label_Nhw, _ = batch.frames()
        with reduced_precision(self.device):
            coarse_Nhw, _ = self.net.frame_net(faces_N3SS.contiguous(memory_format=_LAYOUT))
        contrast_weight = self.config.stage1.contrast_weight
        return single_frame_loss(coarse_Nhw.float(), label_Nhw, contrast_weight=contrast_weight)

    def _over_time(self, batch: Batch) -> Losses:
        faces_N3SS, _, _ = batch.frames()
        with reduced_precision(self.device):
            with torch.set_grad_enabled(self._frozen is None):
                coarse_Nhw, taps = self._encoded(faces_N3SS.contiguous(memory_format=_LAYOUT))
            said = self.net.over_time(coarse_Nhw.reshape(*batch.depth_BThw.shape), taps)
        return self._losses_of_windows(LivenessOutput(*(each.float() for each in said)), batch)

    def _losses_of_windows(self, said: LivenessOutput, batch: Batch) -> Losses:
        losses = overall_loss(
            said,
            batch.depth_BThw[:, :-1],  # pair p refines its earlier frame
            batch.bona_fide_B,
            beta=self.config.beta if self.config.binary_loss else 0.0,
            contrast_weight=self.config.stage2.contrast_weight,
        )
        if self._frozen is not None or not self.config.coarse_weight:
            return losses
        return with_coarse_loss(
            losses,
            said.coarse_BThw,
            batch.depth_BThw,
            batch.frames_tell_B,
            weight=self.config.coarse_weight,
            contrast_weight=self.config.stage1.contrast_weight,
        )

    def _encoded(self, faces_N3SS: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """The backbone in inference mode; a frozen one is its fused copy, which says the same in less time.

        A CPU is given few frames at a time, whose maps stay in its cache: 3.5 s in place of 5.6, forwards and
        backwards.
        """
        backbone = self._frozen or self.net.frame_net
        parts = torch.split(faces_N3SS, _PART if self.device == "cpu" else len(faces_N3SS))
        coarse, taps = zip(*(backbone(part) for part in parts), strict=True)
        return torch.cat(coarse), tuple(torch.cat(level) for level in zip(*taps, strict=True))
