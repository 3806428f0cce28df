"""Scores tables -> one HTML file that a stranger can check, and its tables as Markdown.

`evidence` reads a folder, `pooled` several, `results` counts, `by_subject` draws people again for intervals,
`figures` draws, `page` writes, as `wording` writes numbers; `paper` holds what the paper reports.
"""
