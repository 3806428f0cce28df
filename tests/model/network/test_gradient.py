"""The residual spatial gradient block against plain NumPy, folded, and in half precision."""

import copy

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from model.network.gradient import GradientBlock, Magnitude, ShiftNorm, Sobel

Array = NDArray[np.float64]
RIGHT_MINUS_LEFT = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], float)
TOP_MINUS_BOTTOM = np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]], float)


def convolved(x_NcHW: Array, weight: Array, bias: Array, *, stride: int = 1) -> Array:
    """Zero-padded cross-correlation by the definition."""
    size = weight.shape[-1]
    pad = size // 2
    padded = np.pad(x_NcHW, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(2, 3))
    return np.einsum("nchwij,ocij->nohw", windows, weight)[..., ::stride, ::stride] + bias[:, None, None]


def filtered(x_NcHW: Array, kernel: Array) -> Array:
    """One filter, each channel by itself."""
    n, c, h, w = x_NcHW.shape
    alone = x_NcHW.reshape(n * c, 1, h, w)
    return convolved(alone, kernel[None, None], np.zeros(1)).reshape(x_NcHW.shape)


def normalised(x_NcHW: Array, norm: ShiftNorm) -> Array:
    mean, variance, bias = (
        each.detach().double().numpy()[:, None, None]
        for each in (norm.running_mean, norm.running_var, norm.bias)
        if each is not None
    )
    return (x_NcHW - mean) / np.sqrt(variance + 1e-3) + bias


def array(tensor: torch.Tensor | None) -> Array:
    assert tensor is not None
    return tensor.detach().double().numpy()


def seasoned(block: GradientBlock) -> GradientBlock:
    """In eval mode, with running statistics and offsets that are not their first values."""
    generator = torch.Generator().manual_seed(4)
    for norm in block.modules():
        if isinstance(norm, ShiftNorm):
            assert norm.running_mean is not None
            assert norm.running_var is not None
            norm.running_mean.copy_(torch.randn(norm.num_features, generator=generator))
            norm.running_var.copy_(0.2 + torch.rand(norm.num_features, generator=generator))
            norm.bias.data.copy_(torch.randn(norm.num_features, generator=generator))
    return block.eval()


def picture(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed)) - 0.5


def test_sobel_takes_right_minus_left_and_top_minus_bottom_of_each_channel_unnormalised() -> None:
    x = picture(2, 3, 7, 9)
    horizontal, vertical = Sobel(3)(x)
    np.testing.assert_allclose(array(horizontal), filtered(array(x), RIGHT_MINUS_LEFT), atol=1e-6)
    np.testing.assert_allclose(array(vertical), filtered(array(x), TOP_MINUS_BOTTOM), atol=1e-6)


def test_the_magnitude_of_a_flat_region_is_the_root_of_its_epsilon() -> None:
    inside = Magnitude(1)(torch.full((1, 1, 8, 8), 0.3))[..., 2:-2, 2:-2]
    np.testing.assert_allclose(array(inside), 1e-4, rtol=1e-3)


def test_the_gradient_of_the_magnitude_is_the_one_that_differences_give() -> None:
    x = picture(1, 2, 5, 5).double().requires_grad_()
    assert torch.autograd.gradcheck(Magnitude(2), (x,))


@pytest.mark.parametrize("stride", [1, 2])
def test_a_block_is_equation_2_with_the_root_of_the_squares(stride: int) -> None:
    block = seasoned(GradientBlock(3, 4, momentum=0.1, stride=stride))
    assert block.shortcut is not None
    x = picture(2, 3, 8, 8)
    gx, gy = filtered(array(x), RIGHT_MINUS_LEFT), filtered(array(x), TOP_MINUS_BOTTOM)
    magnitude = np.sqrt(gx**2 + gy**2 + 1e-8)
    n, c, h, w = magnitude.shape
    shrunk = magnitude.reshape(n, c, h // stride, stride, w // stride, stride).mean(axis=(3, 5))
    pointwise = block.shortcut.pointwise
    shortcut = normalised(
        convolved(shrunk, array(pointwise.weight), array(pointwise.bias)), norm_of(block.shortcut.norm)
    )
    main = convolved(array(x), array(block.main.weight), array(block.main.bias), stride=stride)
    expected = np.maximum(0, normalised(main + shortcut, norm_of(block.norm)))
    np.testing.assert_allclose(array(block(x)), expected, atol=1e-5)


def norm_of(module: torch.nn.Module) -> ShiftNorm:
    assert isinstance(module, ShiftNorm)
    return module


def test_without_the_gradient_a_block_is_a_convolution_a_norm_and_a_relu() -> None:
    block = seasoned(GradientBlock(3, 4, momentum=0.1, gradient=False))
    x = picture(1, 3, 8, 8)
    main = convolved(array(x), array(block.main.weight), array(block.main.bias))
    np.testing.assert_allclose(
        array(block(x)), np.maximum(0, normalised(main, norm_of(block.norm))), atol=1e-5
    )


def test_a_norm_trains_an_offset_and_no_scale() -> None:
    trained = [name for name, each in ShiftNorm(4, momentum=0.1).named_parameters() if each.requires_grad]
    assert trained == ["bias"]


@pytest.mark.parametrize("gradient", [True, False])
def test_a_folded_block_says_the_same(gradient: bool) -> None:
    block = seasoned(GradientBlock(3, 4, momentum=0.1, gradient=gradient))
    folded = copy.deepcopy(block)
    folded.fold()
    x = picture(2, 3, 8, 8)
    torch.testing.assert_close(folded(x), block(x), atol=1e-5, rtol=1e-5)
    assert not any(isinstance(part, ShiftNorm) for part in folded.modules())


@pytest.mark.parametrize("value", [80.0, 200.0, 2000.0])
def test_large_activations_have_a_finite_gradient_in_half_precision(value: float) -> None:
    x = torch.zeros(1, 2, 8, 8, dtype=torch.float16)
    x[..., 4:] = value
    magnitude = Magnitude(2).half()(x)
    assert magnitude.dtype is torch.float16
    assert torch.isfinite(magnitude).all()
    assert magnitude[0, 0, 4, 3].item() == pytest.approx(4 * value, rel=1e-2)


def test_autocast_does_not_touch_the_gradient() -> None:
    x = picture(1, 2, 8, 8) * 400
    with torch.autocast("cpu", dtype=torch.bfloat16):
        inside = Magnitude(2)(x)
    torch.testing.assert_close(inside, Magnitude(2)(x), atol=0, rtol=0)
