"""What OpenGL draws is light: a number in every pixel."""

import numpy as np

from tests.training.synthesis.studio import SKY, a_renderer
from training.synthesis.lighting import light_probe
from training.synthesis.mesh import Part, Surface
from training.synthesis.scene import Exposure, View

SIDE = 256
VIEW = View(width=SIDE, height=SIDE, focal=300.0)
WHITE = np.full((4, 4, 4), 255, np.uint8)


def facing_the_camera(distance: float, cells: int = 40) -> Part:
    """A glossy wall whose normals all point at the camera, so that it is seen head on in every pixel."""
    x, y = np.meshgrid(*[np.linspace(-1, 1, cells, dtype=np.float32) * distance / 2] * 2)
    positions = np.stack([x, y, np.full_like(x, distance)], axis=-1).reshape(-1, 3)
    corners = np.arange(cells * cells).reshape(cells, cells)
    a, b, c, d = corners[:-1, :-1], corners[:-1, 1:], corners[1:, :-1], corners[1:, 1:]
    triangles = np.stack([a, b, c, c, b, d], axis=-1).reshape(-1, 3).astype(np.int32)
    wall = Surface(
        triangles_F3=triangles, uv_V2=np.zeros((cells * cells, 2), np.float32), texture_HW4=WHITE, gloss=0.1
    )
    return Part(wall, positions, -positions / np.linalg.norm(positions, axis=1, keepdims=True))


def test_what_is_seen_head_on_shines_with_a_number() -> None:
    renderer = a_renderer()
    nothing = Exposure(np.zeros((SIDE, SIDE, 3), np.float32), np.full((SIDE, SIDE), 5, np.float32))
    for distance in np.linspace(0.3, 0.8, 11):
        drawn = renderer.draw(
            [facing_the_camera(float(distance))],
            nothing,
            VIEW,
            probe=light_probe(SKY),
            to_world_33=np.eye(3, dtype=np.float32),
        )
        assert np.isfinite(drawn.radiance_HW3).all()
        assert drawn.radiance_HW3.mean() > 0.1
