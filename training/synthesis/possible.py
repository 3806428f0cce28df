"""Every kind of capture that the engine may make: what Protocols 1-4 choose among before any is made."""

from collections.abc import Iterator
from itertools import product
from typing import Final

from training.datasets.capture import SPLITS
from training.datasets.sample import BONA_FIDE, Presentation
from training.synthesis.camera.presets import camera_names
from training.synthesis.instruments.displays import DISPLAYS
from training.synthesis.instruments.draw import species_of
from training.synthesis.instruments.printers import PRINTERS
from training.synthesis.library import Sources

# Attacks without an instrument, and whether training sees them.
NO_INSTRUMENT: Final = {
    "plane_still": True, "plane_moving": True, "wobble": True, "paused": False, "loop": False
}  # fmt: skip


def possible(sources: Sources) -> tuple[Presentation, ...]:
    """One presentation of each session, camera and attack of each split, by nobody."""
    return tuple(
        Presentation(
            name="", split=split, subject="", session=session, camera=camera, species=species, physics=physics
        )
        for split in SPLITS
        for session, camera, (species, physics) in product(
            sources.panoramas, camera_names(), tuple(_shown(split))
        )
    )


def _shown(split: str) -> Iterator[tuple[str, str]]:
    """Species and physics; instruments that are not trained on are in test only."""
    yield BONA_FIDE, ""
    yield from ((species, "") for species, trained in NO_INSTRUMENT.items() if trained or split != "train")
    unseen = split == "test"
    prints, replays = (species_of(family, split) for family in ("print", "replay"))
    for model in PRINTERS:
        if model.in_training or unseen:
            variants = [f"{model.printer.name}/{paper}" for paper in model.papers]
            yield from product(prints, variants)
    for panel in DISPLAYS:
        if panel.in_training or unseen:
            yield from ((species, panel.display.name) for species in replays if species in panel.species)
