"""Scores tables -> one HTML file that a stranger can check.

`evidence` reads the folder, `results` counts, `figures` draws, `page` writes; `paper` holds what the paper
reports.
"""
