"""What the model is, shared by `training` and `service`; it imports neither.

Reading order: `judge` (the data path), then the module of each step: `sampling`, `faces`, `quality`,
`geometry`, `preprocess`, `scoring`, `verdict`. `card` holds every constant that both sides must agree on,
`clip` the values that travel, `video` turns bytes into a clip, `network` (the only torch here) is the
definition that training fits and export writes.
"""
