"""The one camera path: radiance, rendered at twice the size -> the frames that a device would deliver.

`presets` says which devices there are, `shoot` is the path from lens to codec; its stages are `optics`,
`exposure`, `sensor` and `codec`. Bona fide and attack pass through the same preset, so that no stage of the
camera tells them apart (data.md section 3).
"""

from training.synthesis.camera.codec import transcode
from training.synthesis.camera.presets import CameraPreset, camera_names, draw_camera
from training.synthesis.camera.shoot import shoot

__all__ = ["CameraPreset", "camera_names", "draw_camera", "shoot", "transcode"]
