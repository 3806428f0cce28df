"""The camera path: every device, deterministic, and only what a camera does."""

import numpy as np
import pytest

from model.clip import FloatArray, PixelArray
from training.synthesis.camera import camera_names, draw_camera, shoot, transcode
from training.synthesis.camera.optics import trailed
from training.synthesis.camera.presets import Codec, CodecKind

RNG = np.random.default_rng
SIZE = (160, 120)


def scene(brightness: float = 0.4, shift: int = 0) -> FloatArray:
    """Smooth patches with a range of light, at twice the size of the frames."""
    coarse = RNG(4).uniform(0.02, 1.0, (8, 10, 3)).astype(np.float32)
    return np.roll(np.kron(coarse, np.ones((30, 32, 1), np.float32)) * brightness, shift, axis=1)


def shot(name: str, seed: int = 0, exposures: list[FloatArray] | None = None) -> list[PixelArray]:
    preset = draw_camera(RNG(seed), name)
    return shoot(exposures or [scene()] * 3, preset, RNG(seed), out_size=SIZE)


@pytest.mark.parametrize("name", camera_names())
def test_every_device_delivers_one_frame_an_exposure_at_the_size_asked_for(name: str) -> None:
    frames = shot(name)
    assert [frame.shape for frame in frames] == [(120, 160, 3)] * 3
    assert frames[0].dtype == np.uint8


@pytest.mark.parametrize("name", camera_names())
def test_the_same_seed_gives_the_same_frames(name: str) -> None:
    assert all(np.array_equal(a, b) for a, b in zip(shot(name), shot(name), strict=True))


def test_there_are_at_least_six_devices() -> None:
    assert len(camera_names()) >= 6


def test_exposure_follows_the_light() -> None:
    dim, bright = (shot("recent_phone", exposures=[scene(level)])[0].mean() for level in (0.05, 2.0))
    assert dim == pytest.approx(bright, abs=3)


def test_exposure_lags_behind_a_sudden_change_of_light() -> None:
    frames = shot("recent_phone", exposures=[scene(0.2)] * 2 + [scene(0.4)] * 2)
    assert frames[2].mean() > frames[1].mean() + 15


def test_noise_is_fresh_in_every_frame() -> None:
    first, second, _ = shot("old_vga_webcam")
    assert np.abs(first.astype(int) - second).mean() > 0.5


def test_an_office_webcam_veils_black_and_a_recent_phone_does_not() -> None:
    exposures = [scene() * (scene()[..., :1] > 0.1)]
    office = [np.percentile(shot("office_webcam", seed, exposures)[0], 1) for seed in range(5)]
    phone = [np.percentile(shot("recent_phone", seed, exposures)[0], 1) for seed in range(5)]
    assert min(office) > 20 > max(phone)


def test_black_levels_of_all_devices_reach_from_1_to_55() -> None:
    blacks = [draw_camera(RNG(seed)).tone.black for seed in range(400)]
    assert min(blacks) < 4
    assert 50 < max(blacks) <= 55


def test_a_trail_blurs_along_the_motion_only_and_only_what_moves() -> None:
    light = np.zeros((40, 60, 3), dtype=np.float32)
    light[:, 30] = 1
    moving = np.zeros((5, 8), dtype=np.float32)
    moving[:2] = 1
    smeared = trailed(light, np.array([8.0, 0.0]), moving)
    assert (smeared[0, :, 0] > 0.01).sum() >= 8
    assert np.allclose(smeared[-1], light[-1], atol=1e-4)
    np.testing.assert_allclose(trailed(light, np.array([0.0, 8.0]), moving)[20], light[20], atol=1e-4)


@pytest.mark.parametrize("kind", CodecKind)
def test_a_codec_keeps_colours_and_the_number_of_frames(kind: CodecKind) -> None:
    red = np.zeros((64, 96, 3), dtype=np.uint8)
    red[..., 0], red[..., 2] = 200, 40
    back = transcode([red] * 4, Codec(kind, 90 if kind is CodecKind.JPEG else 20))
    assert len(back) == 4
    assert np.abs(back[3].astype(int) - red).max() < 12


def test_the_first_frame_of_a_video_is_as_sharp_as_the_others() -> None:
    noisy = [np.clip(90 + RNG(i).normal(0, 12, (120, 160, 3)), 0, 255).astype(np.uint8) for i in range(6)]
    detail = [frame.std() for frame in transcode(noisy, Codec(CodecKind.H264, 28))]
    assert detail[0] == pytest.approx(np.mean(detail[1:]), rel=0.25)


def test_no_exposure_and_an_odd_size_are_refused() -> None:
    preset = draw_camera(RNG(0))
    with pytest.raises(ValueError, match="even size"):
        shoot([], preset, RNG(0), out_size=SIZE)
    with pytest.raises(ValueError, match="even size"):
        shoot([scene()], preset, RNG(0), out_size=(161, 120))


def test_a_camera_that_meters_on_the_same_light_shows_the_same_room_beside_another_object() -> None:
    preset, plain = draw_camera(RNG(0), "laptop_webcam"), [scene()] * 3
    beside = [light.copy() for light in plain]
    for light in beside:
        light[:, : light.shape[1] // 4] = 1.8  # a white sheet at the left edge
    living, own, shared = (
        shoot(light, preset, RNG(1), out_size=SIZE, metered=metered)[0].astype(float)
        for light, metered in ((plain, None), (beside, None), (beside, plain))
    )
    room = slice(SIZE[0] // 2, None)
    assert abs(own[:, room].mean() - living[:, room].mean()) > 3
    assert abs(shared[:, room].mean() - living[:, room].mean()) < 1
