"""Bands of a dimmed or refreshed display under a rolling shutter.

A display whose light is switched at a rate f, seen through an exposure of e seconds, keeps |sinc(f e)| of
its modulation; rows that start later see a later phase.
"""

from dataclasses import dataclass

import numpy as np

from model.clip import FloatArray


@dataclass(frozen=True, kw_only=True, slots=True)
class Refresh:
    rate: float  # 1/s
    depth: float  # modulation of the light, 0 for a steady backlight

    def bands(self, count: int, rows: int, rng: np.random.Generator, *, interval: float = 0.1) -> FloatArray:
        """Relative light of each row in each frame, (T, rows); `interval` in seconds between frames."""
        exposure, readout = rng.uniform(1 / 250, 1 / 28), rng.uniform(0.012, 0.03)
        phase, clock = rng.uniform(0, 1), rng.uniform(-0.004, 0.004)
        amplitude = self.depth * abs(np.sinc(self.rate * exposure))
        starts = np.arange(count) * interval * (1 + clock)
        times = starts[:, None] + np.arange(rows)[None, :] / rows * readout
        return (1 + amplitude * np.cos(2 * np.pi * (self.rate * times + phase))).astype(np.float32)
