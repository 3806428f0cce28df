"""Copies the first seconds of a video's picture track, without encoding it again.

python tests/system/cut_clip.py IN.mp4 OUT.mp4 SECONDS
"""

import sys
from pathlib import Path

import av


def cut(source: Path, target: Path, seconds: float) -> None:
    """Writes the packets whose pictures are shown before `seconds`."""
    with av.open(str(source)) as reader, av.open(str(target), "w") as writer:
        track = reader.streams.video[0]
        copy = writer.add_stream_from_template(track)
        for packet in reader.demux(track):
            if packet.pts is not None and packet.pts * packet.time_base < seconds:
                packet.stream = copy
                writer.mux(packet)


if __name__ == "__main__":
    cut(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
