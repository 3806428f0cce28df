"""How the model is served.

ONNX Runtime sends its maker what it runs unless it is told not to before it is loaded; this runs first.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
