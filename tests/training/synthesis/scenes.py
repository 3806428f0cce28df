"""A small scene for the tests of the data engine's instruments."""

import numpy as np

from model.clip import FloatArray, PixelArray
from training.synthesis.instruments.ink import Paper, Printer
from training.synthesis.instruments.print import Print
from training.synthesis.instruments.printers import IDEAL, PAPERS
from training.synthesis.instruments.surface import FLAT, Pose, Surface
from training.synthesis.scene import Light, View

VIEW = View(width=320, height=240, focal=280).scaled(2)


def light(ambient: float = 1.0) -> Light:
    """The same light from everywhere."""
    panorama = np.full((16, 32, 3), ambient, dtype=np.float32)
    return Light(ambient_3=np.full(3, ambient, dtype=np.float32), panorama_HW3=panorama)


def pose(
    *, x: float = 0.0, y: float = 0.0, z: float = 0.4, pitch: float = 0.0, yaw: float = 0.0, roll: float = 0.0
) -> Pose:
    """Object -> camera, angles in radians about x, y and z."""
    matrix = np.eye(4)
    matrix[:3, :3] = _turn(0, pitch) @ _turn(1, yaw) @ _turn(2, roll)
    matrix[:3, 3] = x, y, z
    return matrix


def sheet(radius: float = FLAT, *, printer: Printer = IDEAL, paper: Paper = PAPERS["ideal"]) -> Print:
    """A print of 20 x 15 cm, filled by a 4:3 picture."""
    return Print(
        species="print_flat",
        physics="test",
        size=(0.2, 0.15),
        border=0.0,
        surface=Surface(radius),
        printer=printer,
        paper=paper,
        fill=True,
        eye_holes=False,
    )


def dots(places: FloatArray, size: tuple[int, int] = (640, 480)) -> PixelArray:
    """Soft white dots on black at the given px, so that their middle can be measured."""
    x, y = np.meshgrid(np.arange(size[0]) + 0.5, np.arange(size[1]) + 0.5)
    field = sum(np.exp(-((x - px) ** 2 + (y - py) ** 2) / (2 * 5.0**2)) for px, py in places)
    return np.repeat((255 * np.clip(field, 0, 1))[..., None], 3, axis=2).astype(np.uint8)


def middle(radiance_HW3: FloatArray, near: FloatArray, reach: int = 14) -> FloatArray:
    """Centre of the light within `reach` px of a place, in px."""
    column, row = np.round(near).astype(int)
    area = radiance_HW3[row - reach : row + reach, column - reach : column + reach, 1].astype(np.float64)
    x, y = np.meshgrid(np.arange(2 * reach) + column - reach + 0.5, np.arange(2 * reach) + row - reach + 0.5)
    return np.array([(area * x).sum(), (area * y).sum()]) / area.sum()


def _turn(axis: int, angle: float) -> np.ndarray:
    matrix, (i, j) = np.eye(3), [k for k in range(3) if k != axis]
    matrix[i, i] = matrix[j, j] = np.cos(angle)
    matrix[i, j], matrix[j, i] = -np.sin(angle), np.sin(angle)
    return matrix
