"""One window as pictures, for development."""

import base64

import cv2

from model.geometry import crop
from model.verdict import Window
from service.stream.messages import Trace
from service.verdicts import png_url

_JPEG_QUALITY = 85
_DIGITS = 6


def trace_of(window: Window, face_size: int) -> Trace:
    """`face_size` px is the side of the network's input."""
    newest = window.frames[-1]
    face_SS3 = crop(newest.pixels_HW3, window.square, size=face_size)
    quality = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    _, jpeg = cv2.imencode(".jpg", cv2.cvtColor(face_SS3, cv2.COLOR_RGB2BGR), quality)
    return Trace(
        time=round(newest.time, _DIGITS),
        score=round(window.score, _DIGITS),
        crop="data:image/jpeg;base64," + base64.b64encode(jpeg.tobytes()).decode(),
        coarse=png_url(window.coarse_Phw),
        temporal=png_url(window.temporal_Phw),
        refined=png_url(window.refined_Phw),
    )
