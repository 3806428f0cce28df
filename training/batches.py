"""What a training step is shown: B windows of T faces, C = 3 channels of H = W px, h = w depth cells."""

from dataclasses import dataclass, fields

from torch import Tensor


@dataclass(frozen=True, slots=True)
class Batch:
    """Faces, their depth labels (zeros for attacks) and classes, all on one device."""

    faces_BTCHW: Tensor
    depth_BThw: Tensor
    bona_fide_B: Tensor  # bool
    frames_tell_B: Tensor  # bool: whether one frame by itself shows it, so that coarse depth can be asked for

    def frames(self) -> tuple[Tensor, Tensor, Tensor]:
        """Every face by itself: faces (B T, C, H, W), depth (B T, h, w), bona fide (B T)."""
        num_frames = self.faces_BTCHW.shape[1]
        return (
            self.faces_BTCHW.flatten(0, 1),
            self.depth_BThw.flatten(0, 1),
            self.bona_fide_B.repeat_interleave(num_frames),
        )

    def to(self, device: str) -> "Batch":
        return Batch(*(getattr(self, each.name).to(device) for each in fields(self)))
