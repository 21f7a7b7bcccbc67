"""The kernel makes the calls that an answer needs, and of all others says that there are none.

First of all, no process can be begun, and threads can: so what limits one process limits all that an answer does. Nor
are there sockets, keyrings, shared memory or signals to others. What is allowed stands in `filters/allowed.txt`; the
programs for the kernel's packet filter beside it, one an architecture, are made from that by libseccomp.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from pathlib import Path

FILTERS = Path(__file__).with_name("filters")
_SET_DEATH_SIGNAL, _SET_SECCOMP, _NO_NEW_PRIVILEGES = 1, 22, 38  # linux/prctl.h
_FILTER, _KILL = 2, 9
_CAPABILITIES = 0x20080522  # linux/capability.h: version 3, two words of 32 bits for each of three sets
_OTHER_NAMES = {"arm64": "aarch64", "amd64": "x86_64"}


def filter_path() -> Path | None:
    """Return the program for this machine, if there is one."""
    machine = platform.machine().lower()
    path = FILTERS / f"{_OTHER_NAMES.get(machine, machine)}.bpf"
    known = sys.platform == "linux" and struct.calcsize("P") == 8 and path.is_file()
    return path if known else None


def refuse_calls(path: Path) -> None:
    """Die with the parent; have no capability; refuse, from here on, every call that the program does not allow.

    Raises:
        OSError: the kernel refuses; no student's code may run then.
    """
    program = path.read_bytes()
    text = ctypes.create_string_buffer(program, len(program))
    pointer = struct.pack("HP", len(program) // 8, ctypes.addressof(text))  # struct sock_fprog, linux/filter.h
    libc = ctypes.CDLL(None, use_errno=True)
    done = libc.capset(struct.pack("Ii", _CAPABILITIES, 0), bytes(24))
    for arguments in [(_SET_DEATH_SIGNAL, _KILL), (_NO_NEW_PRIVILEGES, 1), (_SET_SECCOMP, _FILTER, pointer)]:
        done = done or libc.prctl(*arguments, *(0,) * (5 - len(arguments)))
    if done:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
