"""A process gives up, before it runs a student's code, everything that code has no business with.

Rights given up cannot be taken back, neither by the process nor by its children, so the code may do what it likes
afterwards. What is given up depends on who starts us: inside bubblewrap there is nothing to read and no network, and
limits are enough; on Linux without it, Landlock closes the file system, TCP and other processes; elsewhere an audit
hook stands in the way, which stops who is curious, not who is determined. Wherever there is Linux, the kernel refuses
calls that no answer needs.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from toyevm.teaching.grading.seccomp import refuse_calls

# Landlock, linux/landlock.h. The numbers of these system calls are the same on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH, _VERSION = 1, 1
_FS_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # how many bits each version of the interface handles
_OF_FILES, _READ, _LIST = 0b1100_0000_0000_0111, 0b1101, 0b1000  # apply to files; execute, read a file, list a folder
_TCP_SINCE, _SCOPES_SINCE = 4, 6
_NO_NEW_PRIVILEGES = 38


def confine(
    isolation: str, limits: Mapping[str, int], readable: Sequence[str], listable: str, private: str, user: int
) -> None:
    """Give up rights: `readable` and the folder `private` are all that stays reachable, as far as `isolation` can.

    Args:
        listable: a folder whose names may be listed, as imports do, even where files in it are not readable.
        user: the id that root turns into.

    Raises:
        OSError: the system refuses; no student's code may run then.
    """
    _become_nobody(user, private, readable)
    _limit(limits)
    if isolation == "landlock":
        _landlock(readable, listable, private)
    if isolation in ("bubblewrap", "landlock"):
        refuse_calls()
    elif isolation == "limits":
        with suppress(OSError):  # a kernel without filters: its marks come with a warning anyway
            refuse_calls()
    if isolation in ("landlock", "limits"):
        sys.addaudithook(_Guard(readable, private))


def _limit(limits: Mapping[str, int]) -> None:
    """Bound memory, CPU, files and processes of this process and, each for itself, of its children."""
    wanted = {
        resource.RLIMIT_AS: limits["memory"],
        resource.RLIMIT_CPU: limits["seconds"],
        resource.RLIMIT_FSIZE: limits["file_bytes"],
        resource.RLIMIT_NPROC: limits["processes"],
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 128,
    }
    for kind, most in wanted.items():
        _, hard = resource.getrlimit(kind)
        lower = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError):  # macOS knows limits that it does not let anybody set
            resource.setrlimit(kind, (lower, lower))


def _become_nobody(user: int, private: str, readable: Sequence[str]) -> None:
    """Stop being root, if what we need can still be read then: to root, the limit on processes does not apply."""
    if os.geteuid() != 0:
        return
    with suppress(OSError):  # a root without rights, as containers have them
        os.chown(private, user, user)
        os.setgroups([])
        os.setegid(user)
        os.seteuid(user)
        can_read = all(os.access(path, os.R_OK, effective_ids=True) for path in readable)
        os.seteuid(0)
        os.setegid(0)
        if can_read:
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)


def _landlock(readable: Sequence[str], listable: str, private: str) -> None:
    """Close the file system but for these paths; close TCP and other processes, where the kernel knows how."""
    libc = ctypes.CDLL(None, use_errno=True)
    version = _checked(libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION))
    handled = (1 << _FS_RIGHTS.get(version, 16)) - 1
    fields = [handled, 0b11 * (version >= _TCP_SINCE), 0b11 * (version >= _SCOPES_SINCE)]
    size = 24 if version >= _SCOPES_SINCE else 16 if version >= _TCP_SINCE else 8
    ruleset = _checked(libc.syscall(_CREATE_RULESET, struct.pack("=QQQ", *fields), ctypes.c_size_t(size), 0))
    allowances = [*((path, _READ) for path in readable), (listable, _LIST), (private, handled), ("/dev/null", handled)]
    for path, rights in allowances:
        beneath = os.open(path, os.O_PATH)
        allowed = rights & handled if os.path.isdir(path) else rights & handled & _OF_FILES
        _checked(libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", allowed, beneath), 0))
        os.close(beneath)
    _checked(libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _checked(libc.syscall(_RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


class _Guard:
    """An audit hook: open only what is ours, and touch nothing else: no other file, process or computer."""

    REFUSED = (
        "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "os.kill", "socket.", "ctypes.",
        "os.symlink", "os.link", "os.chdir", "os.remove", "os.rename", "os.rmdir", "os.truncate", "os.chmod",
        "os.chown",
    )  # fmt: skip
    MODULES = ("_posixsubprocess", "_ctypes")
    WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

    def __init__(self, readable: Sequence[str], private: str) -> None:
        self._readable = tuple(map(os.path.realpath, (*readable, private, "/dev/urandom")))
        self._writable = tuple(map(os.path.realpath, (private, "/dev/null")))
        self._realpath, self._fsdecode = os.path.realpath, os.fsdecode

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], (str, bytes)):
            path, flags = self._realpath(self._fsdecode(arguments[0])), arguments[2]
            allowed = self._writable if flags & self.WRITING else (*self._readable, *self._writable)
            refused = not any(path == root or path.startswith(root + "/") for root in allowed)
        else:
            refused = event.startswith(self.REFUSED) or (event == "import" and arguments[0] in self.MODULES)
        if refused:
            raise PermissionError(f"not while marking: {event}")
