"""What instruments show, and which of them training may see."""

from dataclasses import replace

import numpy as np
import pytest

from model.clip import PixelArray
from tests.training.synthesis.scenes import VIEW, light, pose, sheet
from training.synthesis.instruments import Instrument, draw_instrument, over
from training.synthesis.instruments.displays import draw_display, ideal_display
from training.synthesis.instruments.draw import SPECIES
from training.synthesis.instruments.halftone import Halftone, Screen
from training.synthesis.instruments.print import Print
from training.synthesis.instruments.printers import PRINTERS
from training.synthesis.instruments.replay import Replay
from training.synthesis.instruments.subpixel import Layout, emission
from training.synthesis.scene import Exposure

RNG = np.random.default_rng
EYES = np.array([[250.0, 200.0], [390.0, 200.0]])


def grey(level: int = 150) -> PixelArray:
    return np.full((480, 640, 3), level, dtype=np.uint8)


def screen(layout: Layout | None, pitch: float) -> Replay:
    """A screen of 20 x 15 cm with nothing but its pixels."""
    return Replay(
        species="replay_monitor",
        physics="test",
        size=(0.2, 0.15),
        screen=(0.2, 0.15),
        body=0.0,
        display=replace(ideal_display(pitch), layout=layout),
        fill=True,
    )


def ripple(instrument: Instrument, z: float) -> float:
    """Relative standard deviation of the light that an even grey is shown with."""
    (layer,) = instrument.show([grey()], [pose(z=z, roll=0.05)], VIEW, light(), RNG(0))
    inside = layer.radiance_HW3[220:260, 300:340]
    return float((inside.std(axis=(0, 1)) / inside.mean(axis=(0, 1))).max())


def drawn(split: str, count: int = 300) -> list[Instrument]:
    rng = RNG(1)
    return [draw_instrument(rng, split=split) for _ in range(count)]


@pytest.mark.parametrize("family", SPECIES)
@pytest.mark.parametrize("seed", range(6))
def test_every_instrument_is_a_layer_that_covers_its_place(family: str, seed: int) -> None:
    rng = RNG(seed)
    instrument = draw_instrument(rng, family, split="test").made_for((640, 480), EYES)
    layers = instrument.show([grey()], [pose(z=0.5), pose(z=0.5, yaw=0.2)], VIEW, light(), rng)
    for layer in layers:
        covered = layer.alpha_HW > 0
        assert covered.any()
        assert np.isfinite(layer.radiance_HW3).all()
        assert layer.radiance_HW3.min() >= 0
        assert np.array_equal(layer.depth_HW > 0, covered)


def test_the_same_seed_gives_the_same_light() -> None:
    shown = []
    for _ in range(2):
        rng = RNG(11)
        instrument = draw_instrument(rng, "print")
        shown.append(instrument.show([grey()], [pose()], VIEW, light(), rng)[0].radiance_HW3)
    assert np.array_equal(*shown)


@pytest.mark.parametrize("split", ["train", "dev"])
def test_neither_weights_nor_threshold_see_the_unseen_species_and_physics(split: str) -> None:
    unseen_species = {name for names in SPECIES.values() for name, trained in names.items() if not trained}
    unseen_printers = {model.printer.name for model in PRINTERS if not model.in_training}
    seen = drawn(split)
    assert not {instrument.species for instrument in seen} & unseen_species
    assert not {instrument.physics.split("/")[0] for instrument in seen} & unseen_printers
    tested = drawn("test")
    assert {instrument.species for instrument in tested} >= unseen_species
    assert {instrument.physics.split("/")[0] for instrument in tested} >= unseen_printers


def test_both_families_keep_a_species_from_training() -> None:
    assert all(not all(trained.values()) for trained in SPECIES.values())


def test_a_third_of_the_instruments_leave_nothing_but_their_geometry() -> None:
    ideal = [instrument for instrument in drawn("train") if instrument.physics.startswith("ideal")]
    assert 0.25 < len(ideal) / 300 < 0.45


def test_an_ideal_print_sends_back_the_pictures_own_light() -> None:
    (layer,) = sheet().show([grey(188)], [pose()], VIEW, light(), RNG(0))
    assert layer.radiance_HW3[240, 320] == pytest.approx(0.5, abs=0.01)  # sRGB 188 is half the light


@pytest.mark.parametrize("layout", Layout)
def test_subpixels_send_as_much_light_as_a_screen_without(layout: Layout) -> None:
    np.testing.assert_allclose(emission(layout).mean(axis=(0, 1)), 1, rtol=1e-4)


@pytest.mark.parametrize("layout", Layout)
def test_the_pixels_of_a_phone_cannot_be_seen_at_arms_length_and_a_monitors_can_up_close(
    layout: Layout,
) -> None:
    assert ripple(screen(layout, 6e-5), z=0.25) < 0.01
    assert ripple(screen(layout, 3e-4), z=0.12) > 0.05


def test_pixels_that_just_cannot_be_told_apart_make_moire() -> None:
    instrument = screen(Layout.RGB_STRIPE, 2.7e-4)
    (layer,) = instrument.show([grey()], [pose(z=0.16, roll=0.03)], VIEW, light(), RNG(0))
    row = layer.radiance_HW3[200:328, 192:448, 0]
    spectrum = np.abs(np.fft.fft2(row - row.mean()))
    y, x = np.unravel_index(np.argmax(spectrum), spectrum.shape)
    pixels = np.hypot(np.fft.fftfreq(256)[x], np.fft.fftfreq(128)[y])
    assert pixels < 0.25  # cycles a px: far below the panel's own 0.95
    assert row.std() / row.mean() > 0.01


@pytest.mark.parametrize("kind", Screen)
def test_dots_keep_the_tone_and_are_lost_with_distance(kind: Screen) -> None:
    coarsest = {Screen.STOCHASTIC: 1.2e-2, Screen.BAYER: 9e-4}  # of those that are drawn
    period = coarsest.get(kind, 3.4e-4)
    halftone = Halftone(screen=kind, period=period, angles=(0.2, 1, 0, 0.7))
    dotted, plain = (
        sheet(printer=replace(PRINTERS[0].printer, halftone=screen_of)) for screen_of in (halftone, None)
    )
    assert ripple(dotted, z=0.15) > 0.02
    assert ripple(dotted, z=0.9) < 0.5 * ripple(dotted, z=0.15)
    light_of = [
        i.show([grey()], [pose(z=0.2)], VIEW, light(), RNG(0))[0].radiance_HW3[100:380, 150:490].mean()
        for i in (dotted, plain)
    ]
    assert light_of[0] == pytest.approx(light_of[1], rel=0.04)


def test_a_print_gets_darker_as_it_turns_from_the_light_and_a_screen_does_not() -> None:
    lit = light(0.02)
    lit.panorama_HW3[:, :4] = lit.panorama_HW3[:, -4:] = 4.0  # from behind the camera
    turned = pose(yaw=0.9)
    for instrument, darker in ((sheet(), True), (screen(None, 1e-4), False)):
        facing, away = (
            instrument.show([grey()], [p], VIEW, lit, RNG(0))[0].radiance_HW3[240, 320].mean()
            for p in (pose(), turned)
        )
        assert (away < 0.9 * facing) == darker


def test_glass_mirrors_a_lamp_behind_the_camera() -> None:
    dark = light(0.0)
    dark.panorama_HW3[6:10, :2] = dark.panorama_HW3[6:10, -2:] = 30.0
    glass = replace(screen(None, 1e-4), display=replace(ideal_display(1e-4), gloss=1.0, white=0.0))
    facing, aside = (
        glass.show([grey()], [p], VIEW, dark, RNG(0))[0].radiance_HW3[240, 320].max()
        for p in (pose(), pose(yaw=0.7))
    )
    assert facing > 0.5 > 0.01 > aside


def test_an_eye_hole_shows_what_is_behind_the_print() -> None:
    cut = replace(sheet(), eye_holes=True).made_for((640, 480), EYES)
    (layer,) = cut.show([grey()], [pose()], VIEW, light(), RNG(0))
    px = cut.surface.project(cut.placing((640, 480)).to_sheet(EYES), pose(), VIEW).astype(int)
    behind = Exposure(np.full((480, 640, 3), 7, np.float32), np.full((480, 640), 0.6, np.float32))
    seen = over(layer, behind)
    assert [float(seen.radiance_HW3[y, x, 0]) for x, y in px] == pytest.approx([7, 7], rel=1e-4)
    assert [float(seen.depth_HW[y, x]) for x, y in px] == pytest.approx([0.6, 0.6])
    assert seen.depth_HW[240, 320] == pytest.approx(0.4, abs=1e-3)


def test_a_print_with_eye_holes_must_be_made_for_a_picture() -> None:
    with pytest.raises(ValueError, match="made_for"):
        replace(sheet(), eye_holes=True).show([grey()], [pose()], VIEW, light(), RNG(0))


@pytest.mark.parametrize("family", SPECIES)
@pytest.mark.parametrize("seed", range(10))
def test_an_instrument_made_for_a_picture_shows_the_whole_face(family: str, seed: int) -> None:
    high_up = EYES - np.array([0, 60])
    made = draw_instrument(RNG(seed), family).made_for((640, 480), high_up)
    chin_and_brow = np.array([[320.0, 140 + 1.6 * 140], [320.0, 140 - 0.7 * 140]])
    s, t = made.placing((640, 480)).to_sheet(chin_and_brow).T
    assert np.abs(s).max() < made.size[0] / 2
    assert np.abs(t).max() < made.size[1] / 2


def test_moving_content_follows_the_poses() -> None:
    content = [grey(40), grey(220)]
    first, second = screen(None, 1e-4).show(content, [pose(), pose()], VIEW, light(), RNG(0))
    assert second.radiance_HW3[240, 320, 0] > 5 * first.radiance_HW3[240, 320, 0]


def test_every_species_of_display_has_a_panel_in_training() -> None:
    for species, trained in SPECIES["replay"].items():
        if trained:
            assert draw_display(RNG(0), species, known=True).pitch > 0


def test_a_print_is_no_replay() -> None:
    assert isinstance(draw_instrument(RNG(0), "print"), Print)
    assert isinstance(draw_instrument(RNG(0), "replay"), Replay)
