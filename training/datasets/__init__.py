"""Captures on disk, ours and those of the public data sets, as values that training reads."""
