"""What an instrument adds to a scene, and how it covers what lies behind it."""

from dataclasses import dataclass

import cv2
import numpy as np

from model.clip import FloatArray
from training.synthesis.scene import Exposure


@dataclass(frozen=True, slots=True)
class Layer:
    """An object as the camera sees it in one frame."""

    radiance_HW3: FloatArray  # linear RGB, of the object alone; means nothing where alpha is 0
    alpha_HW: FloatArray  # share of the px that the object covers
    depth_HW: FloatArray  # metres from the camera along z, 0 where alpha is 0


def over(layer: Layer, behind: Exposure) -> Exposure:
    """The object in front of a scene; a px has the depth of what covers most of it."""
    alpha = layer.alpha_HW
    if alpha.min() >= 1:
        return Exposure(layer.radiance_HW3, layer.depth_HW)
    radiance = cv2.blendLinear(layer.radiance_HW3, behind.radiance_HW3, alpha, 1 - alpha)
    depth = np.where(alpha >= 0.5, layer.depth_HW, behind.depth_HW)
    return Exposure(np.asarray(radiance, dtype=np.float32), depth)
