"""Sobel gradients and the residual spatial gradient block (paper section 3.1.1, figure 4).

              x ---- 3x3 convolution ------------------------- + -- norm -- ReLU -- y
              |                                                |
              '-- Sobel, per channel -- magnitude -- 1x1 -- norm

N pictures, c channels (ci in, co out), H x W px. As in the authors' code the gradient is taken of the block's
input and the 1x1 convolution comes after it (network.md 6.2); it is neither normalised nor clipped.
"""

from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn
from torch.nn import functional

_NORM_EPSILON = 1e-3
# A hair above the authors' 1e-8: torch's exporter takes what is within 1e-8 of zero for zero and drops it;
# the root of a flat region is then 0 where the network was trained on 1e-4.
_MAGNITUDE_EPSILON = 1.0001e-8


class ShiftNorm(nn.BatchNorm2d):
    """Batch normalisation with a trained offset and no trained scale (network.md 1.2)."""

    def __init__(self, channels: int, *, momentum: float) -> None:
        super().__init__(channels, eps=_NORM_EPSILON, momentum=momentum)
        self.weight.requires_grad_(False)


def convolution(channels_in: int, channels_out: int, size: int, *, stride: int = 1) -> nn.Conv2d:
    """Zero-padded to the input's size, Xavier weights, zero bias."""
    layer = nn.Conv2d(channels_in, channels_out, size, stride=stride, padding=size // 2)
    nn.init.xavier_uniform_(layer.weight)
    assert layer.bias is not None
    nn.init.zeros_(layer.bias)
    return layer


class Sobel(nn.Module):
    """Each channel's horizontal and vertical gradient (Eq. 1), in float32 at least.

    Squares of gradients overflow in half precision, so neither autocast nor a half-precision network touches
    this. Two depthwise convolutions, because PyTorch and ONNX Runtime have a fast kernel for one filter a
    channel and none for two.
    """

    horizontal: Tensor
    vertical: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        right_minus_left = torch.tensor([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
        top_minus_bottom = torch.tensor([[1.0, 2.0, 1.0], [0.0, 0.0, 0.0], [-1.0, -2.0, -1.0]])
        self.register_buffer("horizontal", right_minus_left.repeat(channels, 1, 1, 1), persistent=False)
        self.register_buffer("vertical", top_minus_bottom.repeat(channels, 1, 1, 1), persistent=False)

    def forward(self, x_NcHW: Tensor) -> tuple[Tensor, Tensor]:
        """Right minus left and top minus bottom, (N, c, H, W) each."""
        with _without_autocast(x_NcHW.device.type):
            x = x_NcHW.to(torch.promote_types(x_NcHW.dtype, torch.float32))
            return self._filtered(x, self.horizontal), self._filtered(x, self.vertical)

    def _filtered(self, x: Tensor, filters: Tensor) -> Tensor:
        return functional.conv2d(x, filters.to(x.dtype), padding=1, groups=filters.shape[0])


def _without_autocast(device_type: str) -> AbstractContextManager[object]:
    """Devices that compute nothing ("meta") know no autocast, not even to switch it off."""
    if not torch.amp.is_autocast_available(device_type):
        return nullcontext()
    return torch.autocast(device_type, enabled=False)


class Magnitude(nn.Module):
    """(N, c, H, W) -> (N, c, H, W): the length of each channel's gradient, taken in float32."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.sobel = Sobel(channels)

    def forward(self, x_NcHW: Tensor) -> Tensor:
        horizontal, vertical = self.sobel(x_NcHW)
        squared = horizontal * horizontal + vertical * vertical
        return torch.sqrt(squared + _MAGNITUDE_EPSILON).to(x_NcHW.dtype)


class GradientShortcut(nn.Module):
    """(N, ci, H, W) -> (N, co, H / stride, W / stride): the branch of the gradient."""

    def __init__(self, channels_in: int, channels_out: int, *, momentum: float, stride: int) -> None:
        super().__init__()
        self.magnitude = Magnitude(channels_in)
        # Averaging, not striding, so that no fine gradient is skipped.
        self.shrink = nn.AvgPool2d(stride) if stride > 1 else nn.Identity()
        self.pointwise = convolution(channels_in, channels_out, 1)
        self.norm: nn.Module = ShiftNorm(channels_out, momentum=momentum)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.norm(self.pointwise(self.shrink(self.magnitude(x))))
        return y


class GradientBlock(nn.Module):
    """RSGB: (N, ci, H, W) -> (N, co, H / stride, W / stride).

    With `gradient=False` it is the plain convolution that the paper compares it with.
    """

    def __init__(
        self, channels_in: int, channels_out: int, *, momentum: float, stride: int = 1, gradient: bool = True
    ) -> None:
        super().__init__()
        self.main = convolution(channels_in, channels_out, 3, stride=stride)
        self.norm: nn.Module = ShiftNorm(channels_out, momentum=momentum)
        self.shortcut: GradientShortcut | None = None
        if gradient:
            self.shortcut = GradientShortcut(channels_in, channels_out, momentum=momentum, stride=stride)

    def forward(self, x: Tensor) -> Tensor:
        """Eq. 2, with the root of the squares."""
        y = self.main(x)
        if self.shortcut is not None:
            y = y + self.shortcut(x)
        return functional.relu(self.norm(y))

    @torch.no_grad()
    def fold(self) -> None:
        """Moves both normalisations into the convolutions before them; for inference only, and once."""
        assert isinstance(self.norm, ShiftNorm)
        scale = _scale(self.norm)
        if self.shortcut is not None:
            assert isinstance(self.shortcut.norm, ShiftNorm)
            pointwise = self.shortcut.pointwise
            _fold(pointwise, self.shortcut.norm)
            self.shortcut.norm = nn.Identity()
            pointwise.weight *= scale[:, None, None, None]
            assert pointwise.bias is not None
            pointwise.bias *= scale
        _fold(self.main, self.norm)
        self.norm = nn.Identity()


def _scale(norm: ShiftNorm) -> Tensor:
    assert norm.running_var is not None
    return norm.weight / torch.sqrt(norm.running_var + norm.eps)


def _fold(layer: nn.Conv2d, norm: ShiftNorm) -> None:
    assert layer.bias is not None
    assert norm.running_mean is not None
    scale = _scale(norm)
    layer.weight *= scale[:, None, None, None]
    layer.bias.copy_((layer.bias - norm.running_mean) * scale + norm.bias)
