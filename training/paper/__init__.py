"""The paper's experiments: each trains its variants, judges them, sets them beside the paper's figures.

One module an experiment (`ablation`, `alpha`, `interval`, `depth`, `cross`, `tsne`); `python -m training
paper --help` lists them. Below them: `setting` says what variants are and share, `learnt` trains one,
`judged` counts its errors, `table` and `figures` write them down, `remade` makes the captures that some
variants need.
"""
