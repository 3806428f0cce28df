"""Threads that reach no network, for a library that reports usage and knows no switch for it.

A seccomp filter belongs to a thread and to every thread that it starts: the library's own, too.
"""

import ctypes
import errno
import platform
import socket
import struct
import sys
from typing import Final

_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 22, 38  # linux/prctl.h
_MODE_FILTER: Final = 2
# linux/audit.h, and the number of the system call `socket`
_MACHINES: Final = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
_NUMBER, _ARCHITECTURE, _FAMILY = 0, 4, 16  # offsets in struct seccomp_data
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06  # classic BPF: ld abs word, jeq, ret
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000 | errno.EACCES


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def forbid_network() -> bool:
    """For this thread and all that it starts; False where the system has no such thing."""
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None:
        return False
    instructions = _no_internet_sockets(*machine)
    program = _Program(len(instructions) // 8, instructions)
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 and not prctl(
        _PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program)
    )


def _no_internet_sockets(architecture: int, socket_call: int) -> bytes:
    """Everything is allowed but `socket` of the families of IPv4 and IPv6."""
    steps = (
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_IF_EQUAL, 0, 5, architecture),  # else: allow
        (_LOAD, 0, 0, _NUMBER),
        (_IF_EQUAL, 0, 3, socket_call),
        (_LOAD, 0, 0, _FAMILY),
        (_IF_EQUAL, 2, 0, socket.AF_INET),
        (_IF_EQUAL, 1, 0, socket.AF_INET6),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERROR),
    )
    return b"".join(struct.pack("HBBI", *step) for step in steps)
