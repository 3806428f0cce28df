"""No core dumps: one would write the frames in work, keys and tokens to a disk."""

import ctypes
import resource
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4  # linux/prctl.h


def forbid_core_dumps() -> None:
    """For this process until its end. A child of it forbids them itself.

    The limit alone is not enough on Linux: a handler to which dumps are piped (apport, systemd-coredump) is
    started whatever it says. The flag also keeps other processes of the same user from reading this memory.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
