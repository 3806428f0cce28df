"""How the model is learned; imports `model`, never `service`.

`python -m training --help` lists the commands. `synthesis` makes captures, `datasets` reads them, `windows`
and `source` turn them into batches, `loop` runs the two stages of the paper, `export` writes the weights.

ONNX Runtime sends its maker what it runs unless it is told not to before it is loaded; this runs first.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
