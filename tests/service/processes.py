"""What the kernel knows of a service's processes."""

from pathlib import Path


def children(pid: int) -> tuple[int, ...]:
    """Of all its threads: the kernel keeps a list for each."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return tuple(sorted(int(child) for each in lists for child in each.read_text().split()))
