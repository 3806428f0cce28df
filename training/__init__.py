"""How the model is learned; imports `model`, never `service`.

`python -m training --help` lists the commands. `synthesis` makes captures, `datasets` reads them, `windows`
and `source` turn them into batches, `loop` runs the two stages of the paper, `export` writes the weights.
"""
