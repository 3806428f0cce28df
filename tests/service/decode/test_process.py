"""Decoding processes: what they may do, how they end, and that a clip costs no other clip anything."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from model.card import SamplingRule
from model.video import VideoError, VideoFault, VideoLimits, read_clip
from service.decode.process import Confinement, DecoderKilledError, DecoderProcess, DecoderStartError, Kill
from tests.service import videos

RULE, LIMITS = SamplingRule(), VideoLimits()
ROOT = Path(__file__).parents[3]


def started(*, wall_seconds: float = 20, memory_mb: int = 1536, clips: int = 100) -> DecoderProcess:
    confinement = Confinement(
        wall_seconds=wall_seconds, cpu_seconds=10, memory_bytes=memory_mb << 20, clips=clips
    )
    return DecoderProcess(RULE, LIMITS, confinement)


@pytest.fixture(scope="module")
def process() -> Iterator[DecoderProcess]:
    running = started()
    yield running
    running.close()


def test_a_clip_comes_back_as_it_is_read_in_this_process(process: DecoderProcess) -> None:
    ours, theirs = process.decode(videos.person()), read_clip(videos.person(), rule=RULE, limits=LIMITS)
    assert (ours.received, ours.duration, ours.sampled_by) == (75, theirs.duration, theirs.sampled_by)
    for a, b in zip(ours.frames, theirs.frames, strict=True):
        assert (a.time, a.index) == (b.time, b.index)
        np.testing.assert_array_equal(a.pixels_HW3, b.pixels_HW3)


def test_frames_are_copies_that_the_next_clip_does_not_change(process: DecoderProcess) -> None:
    first = process.decode(videos.person(8)).frames[0].pixels_HW3
    before = first.copy()
    process.decode(videos.black())
    np.testing.assert_array_equal(first, before)


def test_a_recording_with_sound_and_subtitles_is_decoded(process: DecoderProcess, tmp_path: Path) -> None:
    file = tmp_path / "film.mkv"
    with av.open(str(file), "w") as container:
        picture, sound = container.add_stream("libx264", rate=25), container.add_stream("aac", rate=48000)
        picture.width, picture.height, picture.pix_fmt = 320, 240, "yuv420p"
        for i, pixels in enumerate(videos.wobbling(videos.face(), 30)):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            container.mux(picture.encode(frame))
            silence = av.AudioFrame.from_ndarray(np.zeros((1, 1920), np.float32), "fltp", "mono")
            silence.sample_rate, silence.pts = 48000, 1920 * i
            container.mux(sound.encode(silence))
        container.mux(picture.encode())
        container.mux(sound.encode())
    assert process.decode(file.read_bytes()).received == 30


def test_a_fault_keeps_its_code_and_the_process_lives_on(process: DecoderProcess) -> None:
    pid = process.pid
    for data in (b"not a video", b""):
        with pytest.raises(VideoError) as refused:
            process.decode(data)
        assert refused.value.fault is VideoFault.UNSUPPORTED_MEDIA
    assert process.decode(videos.person(8)).received == 8
    assert (process.pid, process.worn_out) == (pid, False)


def test_a_process_that_hangs_is_killed_when_its_time_is_up() -> None:
    hung = started(wall_seconds=0.5)
    os.kill(hung.pid, signal.SIGSTOP)
    with pytest.raises(DecoderKilledError, match="too long") as killed:
        hung.decode(videos.person(8))
    assert killed.value.kill is Kill.WALL_CLOCK
    assert killed.value.status == 422
    assert hung.worn_out
    hung.close()


def test_a_process_that_hangs_before_it_reads_is_killed_too() -> None:
    hung = started(wall_seconds=0.5)
    os.kill(hung.pid, signal.SIGSTOP)
    with pytest.raises(DecoderKilledError) as killed:
        hung.decode(bytes(9_000_000))  # more than a pipe holds
    assert killed.value.kill is Kill.WALL_CLOCK
    hung.close()


def test_a_process_that_dies_is_a_crash() -> None:
    dead = started()
    os.kill(dead.pid, signal.SIGSEGV)
    with pytest.raises(DecoderKilledError) as killed:
        dead.decode(videos.person(8))
    assert killed.value.kill is Kill.CRASHED
    dead.close()


def test_a_process_is_worn_out_after_its_clips() -> None:
    short_lived = started(clips=2)
    for _ in range(2):
        assert not short_lived.worn_out
        short_lived.decode(videos.person(8))
    assert short_lived.worn_out
    short_lived.close()


def test_a_process_without_memory_does_not_start_and_says_which_setting_to_change() -> None:
    with pytest.raises(DecoderStartError, match="LIVENESS_DECODE_MEMORY_MB"):
        started(memory_mb=64)


def test_the_environment_of_the_service_stays_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVENESS_SECRET", "hush")
    running = started()
    try:
        assert b"hush" not in Path(f"/proc/{running.pid}/environ").read_bytes()
    finally:
        running.close()


def test_a_process_is_bounded_by_the_kernel() -> None:
    running = started(memory_mb=1000)
    try:
        limits = Path(f"/proc/{running.pid}/limits").read_text().splitlines()
        soft = {line[:25].strip(): line[26:].split()[0] for line in limits[1:]}
    finally:
        running.close()
    assert soft["Max core file size"] == "0"
    assert soft["Max file size"] == "0"
    assert soft["Max address space"] == str(1000 << 20)
    assert int(soft["Max open files"]) <= 16


def test_the_pictures_are_erased_once_they_are_read() -> None:
    running = started()
    try:
        running.decode(videos.person())
        assert not any(running._block[:1_000_000])
    finally:
        running.close()


def python(code: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=60)


def test_a_clip_may_not_use_more_than_its_cpu_time() -> None:
    ended = python("from service.decode.worker import allow_cpu; allow_cpu(0)\nwhile True: pass")
    assert ended.returncode == -signal.SIGXCPU


def test_no_file_can_be_written() -> None:
    code = """
import os
from service.decode.worker import confine, Job
from model.card import SamplingRule
from model.video import VideoLimits
rule, limits = SamplingRule(), VideoLimits()
confine(Job(block=0, block_bytes=1, memory_bytes=1 << 30, cpu_seconds=1, rule=rule, limits=limits))
os.write(os.open("/tmp", os.O_TMPFILE | os.O_RDWR), b"x")
"""
    ended = python(code)
    assert b"File too large" in ended.stderr, ended.stderr


def test_a_decoding_process_holds_no_network_and_no_face_finder() -> None:
    listed = python("import service.decode.worker, sys; print(' '.join(sys.modules))")
    loaded = set(listed.stdout.decode().split())
    assert "model.video" in loaded
    assert loaded.isdisjoint({"mediapipe", "onnxruntime", "torch", "fastapi"})
