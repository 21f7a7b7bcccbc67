"""System calls that no answer needs are refused by the kernel itself, whatever else stands in the way of an answer.

First of all those of the keyrings: what one answer leaves in the keyring of a session or of a user, another would
find. The rest give access to other processes, to memory that outlives one, or to large and new parts of the kernel. The
filter is a program for the kernel's packet filter (linux/seccomp.h, linux/filter.h), written here because it is short;
every call that is not named passes.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from typing import NamedTuple


class Architecture(NamedTuple):
    """What the kernel calls it (linux/audit.h), and which column of the table has its numbers."""

    audit: int
    column: int


_ARCHITECTURES = {"x86_64": Architecture(0xC000003E, 0), "aarch64": Architecture(0xC00000B7, 1)}
REFUSED = {
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "process_madvise": (440, 440),
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "semget": (64, 190), "semop": (65, 193),
    "semctl": (66, 191), "semtimedop": (220, 192), "msgget": (68, 186), "msgsnd": (69, 189), "msgrcv": (70, 188),
    "msgctl": (71, 187), "mq_open": (240, 180), "mq_unlink": (241, 181),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "unshare": (272, 97), "setns": (308, 268),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
}  # fmt: skip

_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4  # in struct seccomp_data
_ALLOW, _REFUSE = 0x7FFF_0000, 0x0005_0000 | errno.ENOSYS  # "there is no such call": programs are prepared for that
_X32 = 0x4000_0000  # the same calls of x86_64 once more, with short pointers
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_JOIN_SESSION_KEYRING = 1


def architecture() -> Architecture | None:
    """Return this process's architecture, if its numbers are known here."""
    if sys.platform != "linux" or struct.calcsize("P") != 8:
        return None
    return _ARCHITECTURES.get(platform.machine())


def filter_program(machine: Architecture) -> bytes:
    """Return the filter: calls of other architectures and those in `REFUSED` fail with ENOSYS.

    >>> len(filter_program(_ARCHITECTURES["aarch64"])) // 8 == len(REFUSED) + 5
    True
    """
    numbers = sorted(call[machine.column] for call in REFUSED.values())
    tests = [(_IF_EQUAL, number) for number in numbers]
    if machine is _ARCHITECTURES["x86_64"]:
        tests.insert(0, (_IF_AT_LEAST, _X32))
    rows = [(_LOAD, 0, 0, _ARCHITECTURE_AT), (_IF_EQUAL, 0, len(tests) + 2, machine.audit), (_LOAD, 0, 0, _NUMBER_AT)]
    rows += [(code, len(tests) - at, 0, value) for at, (code, value) in enumerate(tests)]
    rows += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    return b"".join(struct.pack("=HBBI", *row) for row in rows)


def refuse_calls() -> None:
    """Leave the keyring of the session, and refuse, from here on and for all children, the calls in `REFUSED`.

    On a system that has no such filter, or an architecture whose numbers are not known here, nothing happens.

    Raises:
        OSError: the kernel should know this and refuses.
    """
    machine = architecture()
    if machine is None:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    # Where that fails there are no keyrings, or no more room for one; without the calls, none is of any use.
    libc.syscall(REFUSED["keyctl"][machine.column], _JOIN_SESSION_KEYRING, None)
    program = filter_program(machine)
    text = ctypes.create_string_buffer(program, len(program))
    pointer = struct.pack("HP", len(program) // 8, ctypes.addressof(text))
    for arguments in [(_NO_NEW_PRIVILEGES, 1, 0, 0, 0), (_SET_SECCOMP, _FILTER, pointer, 0, 0)]:
        if libc.prctl(*arguments) < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
