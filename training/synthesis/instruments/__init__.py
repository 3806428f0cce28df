"""Presentation attack instruments: real objects in the scene, as the camera sees them.

`draw_instrument` makes one of a family, `hold` moves it; `surface` has its geometry, `print` and `replay`
its physics.
"""

from training.synthesis.instruments.draw import Instrument, draw_instrument
from training.synthesis.instruments.hold import Hold, draw_hold, held
from training.synthesis.instruments.layer import Layer, over

__all__ = ["Hold", "Instrument", "Layer", "draw_hold", "draw_instrument", "held", "over"]
