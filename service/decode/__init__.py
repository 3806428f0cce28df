"""Bytes of a stranger -> frames, in processes that may do nothing else."""
