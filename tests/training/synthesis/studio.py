"""A studio that needs no assets: one real photograph in relief, and a made-up sky."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import skimage.data

from model.bundle import default_path, ensure_bundle
from model.clip import FloatArray, Frame
from model.faces import LandmarkFinder
from tests.needs import missing
from training.datasets.capture import SPLITS
from training.synthesis.heads import Head, HeadKind
from training.synthesis.lighting import LightProbe, light_probe
from training.synthesis.relief import relief_head
from training.synthesis.render import Renderer, RendererError
from training.synthesis.session import Studio

FRAMES = 5
SKY = np.linspace(1.4, 0.4, 64, dtype=np.float32)[:, None, None] * np.ones((64, 128, 3), np.float32)


@dataclass(frozen=True)
class OnePerson:
    """Everybody is the astronaut."""

    person: Head

    @property
    def identities(self) -> Mapping[str, Mapping[HeadKind, tuple[str, ...]]]:
        return {split: {HeadKind.PROCEDURAL: (self.person.name,)} for split in ("train", "dev", "test")}

    @property
    def panoramas(self) -> tuple[str, ...]:
        return ("sky",)

    def head(self, kind: HeadKind, name: str) -> tuple[Head, FloatArray | None]:
        assert (kind, name) == (HeadKind.PROCEDURAL, self.person.name)
        return self.person, None

    def probe(self, name: str) -> LightProbe:
        assert name == "sky"
        return light_probe(SKY)


def a_renderer() -> Renderer:
    """Skips the test, with the reason, where nothing can be drawn."""
    try:
        return Renderer()
    except RendererError as error:
        missing(str(error))


@contextmanager
def a_studio() -> Iterator[Studio]:
    """Skips the test, with the reason, where nothing can be drawn."""
    renderer = a_renderer()
    photograph = np.ascontiguousarray(skimage.data.astronaut()[:320, 60:400])
    with LandmarkFinder(ensure_bundle(default_path())) as finder:
        (face,) = finder.find(Frame(photograph, 0.0, 0))
        person = relief_head("astronaut", photograph, face.landmarks_L3)
        yield Studio(OnePerson(person), renderer, finder, dict.fromkeys(SPLITS, FRAMES))
