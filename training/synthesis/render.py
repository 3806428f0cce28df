"""Heads -> light on the sensor: OpenGL without a window (EGL), with metric depth.

Draws at the size it is asked for; callers ask for twice the picture's size and let the camera average it
down, because multi-sampling is ten times as slow in software renderers (data.md section 6).
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import moderngl
import numpy as np

from model.clip import FloatArray
from training.errors import TrainingError
from training.synthesis.lighting import LightProbe
from training.synthesis.mesh import Part, Surface
from training.synthesis.scene import Exposure, View

_SHADERS: Final = Path(__file__).parent / "shaders"
_NEAR, _FAR = 0.02, 20.0  # metres
_PICTURE_UNIT, _PANORAMA_UNIT, _BEHIND_UNIT = 0, 1, 2  # of the card's texture units
_KEPT = 24  # textures and meshes on the card


class RendererError(TrainingError):
    """This machine has no OpenGL without a window."""

    code = "no_renderer"


class Renderer:
    """One OpenGL context; one thread or process uses it at a time."""

    def __init__(self) -> None:
        """Raises RendererError where EGL is missing."""
        os.environ.setdefault("LP_NUM_THREADS", "1")  # the engine runs one process for each core
        try:
            self._gl = moderngl.create_context(standalone=True, backend="egl")  # type: ignore[arg-type]
        except Exception as error:
            raise RendererError(
                f"no OpenGL through EGL ({error}); on Debian: apt-get install libegl1 libgl1-mesa-dri"
            ) from error
        self._parts, self._blit = self._program("part"), self._program("blit")
        self._blit["behind"].value = _BEHIND_UNIT
        self._screen = self._gl.vertex_array(self._blit, [])
        self._textures: dict[int, tuple[Any, Any]] = {}
        self._meshes: dict[int, tuple[Surface, Any, Any, Any]] = {}
        self._targets: dict[tuple[int, int], tuple[Any, Any]] = {}

    def draw(
        self,
        parts: Sequence[Part],
        behind: Exposure,
        view: View,
        *,
        probe: LightProbe,
        to_world_33: FloatArray,
    ) -> Exposure:
        """The parts before what is behind; `to_world_33` turns the camera's axes into the panorama's."""
        target, back = self._target(view.width, view.height)
        back.write(
            np.concatenate([behind.radiance_HW3, behind.depth_HW[..., None]], axis=2, dtype=np.float32)
        )
        back.use(_BEHIND_UNIT)
        target.use()
        target.clear(depth=1.0)
        self._gl.disable(moderngl.DEPTH_TEST)
        self._screen.render(moderngl.TRIANGLES, vertices=3)
        self._gl.enable(moderngl.DEPTH_TEST)
        self._set_scene(view, probe, to_world_33)
        for part in parts:
            self._draw_part(part)
        light = np.frombuffer(target.read(components=4, dtype="f4"), np.float32)
        light_HW4 = light.reshape(view.height, view.width, 4)
        return Exposure(light_HW4[..., :3].copy(), light_HW4[..., 3].copy())

    def _draw_part(self, part: Part) -> None:
        vertices, positions, normals = self._mesh(part.surface)
        positions.write(np.ascontiguousarray(part.positions_V3, np.float32))
        normals.write(np.ascontiguousarray(part.normals_V3, np.float32))
        self._texture(part.surface.texture_HW4).use(_PICTURE_UNIT)
        self._parts["baked"].value = part.surface.baked
        self._parts["gloss"].value = part.surface.gloss
        vertices.render(moderngl.TRIANGLES)

    def _set_scene(self, view: View, probe: LightProbe, to_world_33: FloatArray) -> None:
        program = self._parts
        program["focal"].value = (2 * view.focal / view.width, 2 * view.focal / view.height)
        program["clip"].value = (_NEAR, _FAR)
        program["to_world"].value = tuple(np.asarray(to_world_33, np.float64).T.ravel().tolist())
        program["irradiance"].value = [tuple(row) for row in probe.irradiance_93.tolist()]
        program["mean_light"].value = tuple(probe.light.ambient_3.tolist())
        program["picture"].value, program["panorama"].value = _PICTURE_UNIT, _PANORAMA_UNIT
        program["behind"].value = _BEHIND_UNIT
        self._texture(probe.reflected_HW3).use(_PANORAMA_UNIT)

    def _texture(self, array: Any) -> Any:
        """Uploaded once, kept while it is in use."""
        key = id(array)
        if key not in self._textures:
            if len(self._textures) >= _KEPT:
                self._textures.pop(next(iter(self._textures)))[1].release()
            height, width, channels = array.shape
            kind = "f1" if array.dtype == np.uint8 else "f4"
            texture = self._gl.texture((width, height), channels, np.ascontiguousarray(array), dtype=kind)
            texture.build_mipmaps()
            texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
            texture.repeat_y = False
            self._textures[key] = (array, texture)
        return self._textures[key][1]

    def _mesh(self, surface: Surface) -> tuple[Any, Any, Any]:
        key = id(surface)
        if key not in self._meshes:
            if len(self._meshes) >= _KEPT:
                for kept in self._meshes.pop(next(iter(self._meshes)))[1:]:
                    kept.release()
            count = len(surface.uv_V2)
            positions, normals = (self._gl.buffer(reserve=count * 12, dynamic=True) for _ in range(2))
            uv = self._gl.buffer(surface.uv_V2.astype(np.float32))
            shade = surface.shade_V if surface.shade_V is not None else np.ones(count)
            light = self._gl.buffer(np.asarray(shade, np.float32).tobytes())
            index = self._gl.buffer(surface.triangles_F3.astype(np.int32))
            layout = [(positions, "3f", "in_position"), (normals, "3f", "in_normal"), (uv, "2f", "in_uv")]
            layout += [(light, "1f", "in_shade")]
            vertices = self._gl.vertex_array(self._parts, layout, index)
            self._meshes[key] = (surface, vertices, positions, normals)
        return self._meshes[key][1:]

    def _target(self, width: int, height: int) -> tuple[Any, Any]:
        """Where one size is drawn, and the texture of what is behind."""
        if (width, height) not in self._targets:
            colour = self._gl.renderbuffer((width, height), 4, dtype="f4")
            depth = self._gl.depth_renderbuffer((width, height))
            back = self._gl.texture((width, height), 4, dtype="f4")
            back.filter = (moderngl.NEAREST, moderngl.NEAREST)
            self._targets[width, height] = (self._gl.framebuffer([colour], depth), back)
        return self._targets[width, height]

    def _program(self, name: str) -> Any:
        vertex, fragment = ((_SHADERS / f"{name}.{stage}").read_text() for stage in ("vert", "frag"))
        return self._gl.program(vertex_shader=vertex, fragment_shader=fragment)
