"""What an instrument adds to a scene, and how it covers what lies behind it."""

from dataclasses import dataclass

import numpy as np

from model.clip import FloatArray
from training.synthesis.scene import Exposure


@dataclass(frozen=True, slots=True)
class Layer:
    """An object as the camera sees it in one frame."""

    radiance_HW3: FloatArray  # linear RGB, of the object alone; 0 where alpha is 0
    alpha_HW: FloatArray  # share of the px that the object covers
    depth_HW: FloatArray  # metres from the camera along z, 0 where alpha is 0


def over(layer: Layer, behind: Exposure) -> Exposure:
    """The object in front of a scene; a px has the depth of what covers most of it."""
    alpha = layer.alpha_HW[..., None]
    radiance = layer.radiance_HW3 * alpha + behind.radiance_HW3 * (1 - alpha)
    depth = np.where(layer.alpha_HW >= 0.5, layer.depth_HW, behind.depth_HW)
    return Exposure(radiance, depth)
