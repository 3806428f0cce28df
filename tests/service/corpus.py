"""Hostile uploads, made from a seed: everything between a lying header and a well-formed film that is a bomb.

Each has a name and bytes; none may crash, hang or slow the service, whatever it answers.
"""

import io
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from tests.service import videos

_SEED: Final = 6
_BOXES: Final = (
    b"ftyp", b"moov", b"mvhd", b"trak", b"tkhd", b"mdia", b"mdhd", b"hdlr", b"minf", b"stbl", b"stsd",
    b"avc1", b"avcC", b"stts", b"stsc", b"stsz", b"stco", b"mdat",
)  # fmt: skip
_EXTREMES: Final = (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_TIMES: Final = {b"mvhd": (12, 16), b"mdhd": (12, 16), b"tkhd": (20,)}  # scale and duration, behind the name


@dataclass(frozen=True, slots=True)
class Hostile:
    name: str
    data: bytes


def corpus() -> Iterator[Hostile]:
    """More than 200 of them, always the same."""
    for kind in (
        _truncations,
        _lying_boxes,
        _lying_numbers,
        _noise,
        _nested,
        _pictures,
        _texts,
        _polyglots,
        _films,
    ):
        yield from kind()


def _mp4() -> bytes:
    return videos.person(20)


def _boxes(data: bytes) -> Iterator[tuple[str, int]]:
    """Where the name of each box that is there begins."""
    for name in _BOXES:
        at = data.find(name)
        if at >= 4:
            yield name.decode(), at


def _truncations() -> Iterator[Hostile]:
    mp4, webm = _mp4(), _webm()
    for name, at in _boxes(mp4):
        for past in (-4, 0, 4, 9):
            yield Hostile(f"mp4 cut at {name}{past:+d}", mp4[: at + past])
    for share in range(1, 10):
        yield Hostile(f"mp4 cut after {share} tenths", mp4[: len(mp4) * share // 10])
        yield Hostile(f"webm cut after {share} tenths", webm[: len(webm) * share // 10])


def _lying_boxes() -> Iterator[Hostile]:
    """The size of one box says something else."""
    data = _mp4()
    for name, at in _boxes(data):
        for size in _EXTREMES:
            yield Hostile(f"{name} says {size} bytes", _with(data, at - 4, size))


def _lying_numbers() -> Iterator[Hostile]:
    data = _mp4()
    for box, places in _TIMES.items():
        for place in places:
            for number in _EXTREMES:
                at = data.find(box) + 4 + place
                yield Hostile(f"{box.decode()}+{place} is {number}", _with(data, at, number))
    for box in (b"stts", b"stsc", b"stsz", b"stco", b"stsd", b"ctts", b"stss"):
        at = data.find(box)
        for number in _EXTREMES if at > 0 else ():
            yield Hostile(f"{box.decode()} has {number} entries", _with(data, at + 8, number))
    yield from _lying_sizes()


def _lying_sizes() -> Iterator[Hostile]:
    data, webm = _mp4(), _webm()
    for width, height in ((0, 0), (1, 1), (100_000, 100_000), (65_535, 1), (1, 65_535)):
        at = data.find(b"avc1") + 28
        lie = struct.pack(">HH", width % 65_536, height % 65_536)
        yield Hostile(f"avc1 says {width} x {height}", data[:at] + lie + data[at + 4 :])
    at = webm.find(b"\x44\x89\x88")  # Duration, a float of 8 bytes
    for number in (float("nan"), float("inf"), -1.0, 1e300):
        if at > 0:
            yield Hostile(
                f"webm lasts {number}", webm[: at + 3] + struct.pack(">d", number) + webm[at + 11 :]
            )


def _noise() -> Iterator[Hostile]:
    """Bytes that fell, and films of nothing else behind a good beginning."""
    data, rng = _mp4(), np.random.default_rng(_SEED)
    for share in (0.0005, 0.005, 0.05, 0.5):
        for i in range(5):
            changed = np.frombuffer(data, np.uint8).copy()
            where = rng.random(changed.size) < share
            where[:12] = False
            changed[where] = rng.integers(0, 256, int(where.sum()))
            yield Hostile(f"mp4 with {share:.2%} noise, {i}", changed.tobytes())
    for i in range(5):
        yield Hostile(f"ftyp and noise, {i}", data[:32] + rng.bytes(20_000))
        yield Hostile(f"EBML and noise, {i}", b"\x1a\x45\xdf\xa3" + rng.bytes(20_000))


def _nested() -> Iterator[Hostile]:
    """Boxes in boxes, tracks without end, sizes of eight bytes."""
    ftyp = _mp4()[:32]
    inner = b""
    for _ in range(3000):
        inner = _box(b"moov", inner)
    yield Hostile("3000 boxes in each other", ftyp + inner)
    track = _track()
    for count in (100, 5000):
        yield Hostile(f"{count} tracks", ftyp + _box(b"moov", track * count) + _box(b"mdat", b""))
    yield Hostile("a box of 2^63 bytes", ftyp + struct.pack(">I4sQ", 1, b"mdat", 1 << 63))
    yield Hostile("100000 empty boxes", ftyp + _box(b"free", b"") * 100_000)
    yield Hostile("only ftyp", ftyp)
    yield Hostile("ftyp of zeros", b"\0\0\0\x18ftyp" + bytes(4000))


def _pictures() -> Iterator[Hostile]:
    """No films at all, and animations."""
    for kind in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"):
        file = io.BytesIO()
        Image.new("RGB", (64, 64)).save(file, kind)
        yield Hostile(f"a {kind}", file.getvalue())
    for kind in ("GIF", "WEBP", "PNG"):
        file = io.BytesIO()
        frames = [Image.new("RGB", (32, 32), (i, 0, 0)) for i in range(40)]
        frames[0].save(file, kind, save_all=True, append_images=frames[1:])
        yield Hostile(f"an animated {kind}", file.getvalue())


def _texts() -> Iterator[Hostile]:
    for name, text in {
        "text": b"I am no film.\n" * 99,
        "m3u8": b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/secret.ts\n#EXT-X-ENDLIST\n",
        "concat": b"ffconcat version 1.0\nfile '/etc/passwd'\n",
        "sdp": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=video 9 RTP/AVP 96\n",
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
        "dash": b"<?xml version='1.0'?><MPD><BaseURL>http://127.0.0.1:9/</BaseURL></MPD>",
        "json": b'{"clip": null}',
        "one byte": b"\0",
        "zeros": bytes(100_000),
        "ones": b"\xff" * 100_000,
        "zip": b"PK\x03\x04" + bytes(2000),
        "elf": b"\x7fELF" + bytes(2000),
    }.items():
        yield Hostile(name, text)


def _polyglots() -> Iterator[Hostile]:
    mp4, webm = _mp4(), _webm()
    playlist = b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/x.ts\n"
    yield Hostile("playlist in ftyp", struct.pack(">I4s", 8 + len(playlist), b"ftyp") + playlist)
    yield Hostile("playlist, then mp4", playlist + mp4)
    yield Hostile("mp4, then mp4", mp4 + mp4)
    yield Hostile("mp4, then webm", mp4 + webm)
    yield Hostile("webm, then mp4", webm + mp4)
    yield Hostile("mp4 with a zip behind", mp4 + b"PK\x05\x06" + bytes(18))
    for name, reference in (("url ", b"http://127.0.0.1:9/x.mov"), ("alis", b"/etc/passwd")):
        external = _box(name.encode(), b"\0\0\0\0" + reference + b"\0")
        at = mp4.find(b"dref")
        yield Hostile(f"dref with {name}", mp4[: at + 12] + external + mp4[at + 12 + len(external) :])


def _films() -> Iterator[Hostile]:
    """Films that can be played, and are not what is asked for."""
    small = [videos.plain(90, size=(64, 64))]
    makers: dict[str, Callable[[], bytes]] = {
        "one frame": lambda: videos.encode(small),
        "2 x 2 px": lambda: videos.encode([videos.plain(9, size=(2, 2))] * 30),
        "16 x 4096 px": lambda: videos.encode([videos.plain(9, size=(16, 4096))] * 5),
        "601 frames": lambda: videos.encode(small * 601, fps=60),
        "an hour in two frames": lambda: videos.encode(small * 61, fps=1),
        "1000 frames a second": lambda: videos.encode(small * 300, fps=1000),
        "mpeg4": lambda: videos.encode(small * 10, codec="mpeg4"),
        "ffv1 in mkv": lambda: videos.encode(small * 10, codec="ffv1", kind="matroska"),
        "mpeg2 in ts": lambda: videos.encode(small * 10, codec="mpeg2video", kind="mpegts", fps=25),
        "h264 in avi": lambda: videos.encode(small * 10, kind="avi"),
        "h264 in flv": lambda: videos.encode(small * 10, kind="flv"),
        "h264 without a container": lambda: videos.encode(small * 10, kind="h264"),
    }
    for name, make in makers.items():
        yield Hostile(name, make())


def _webm() -> bytes:
    return videos.encode(videos.wobbling(videos.face(), 10), codec="libvpx", kind="webm")


def _with(data: bytes, at: int, number: int) -> bytes:
    return data[:at] + struct.pack(">I", number) + data[at + 4 :]


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


def _track() -> bytes:
    """The track of a good film, whole."""
    data = _mp4()
    at = data.find(b"trak") - 4
    return data[at : at + int.from_bytes(data[at : at + 4], "big")]
