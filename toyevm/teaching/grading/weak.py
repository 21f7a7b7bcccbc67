"""What a process gives up by itself, before it runs a student's code: in every isolation, and nothing else in the weak.

The memory, time and threads it may use, and, on Linux, all system calls that no answer needs. Files stay open to it
that are open to the user, and elsewhere than on Linux, other processes and the network too.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress

from toyevm.teaching.grading.seccomp import filter_path, refuse_calls


def give_up(limits: Mapping[str, int], user: int | None, core: int | None) -> None:
    """Give up rights that cannot be taken back.

    Args:
        user: whom root becomes.
        core: where all threads are to stay.

    Raises:
        OSError: the system refuses; no student's code may run then.
    """
    import resource  # not on Windows, where nothing is marked

    if core is not None:
        with suppress(OSError):  # a container may have cores of its own
            os.sched_setaffinity(0, {core})
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, 0)  # by which its parent may kill it; there is no call to go back
    for name, most in (
        ("AS", limits["memory"]), ("CPU", limits["seconds"]), ("NPROC", limits["threads"]),
        ("FSIZE", 0), ("NOFILE", 128), ("CORE", 0),
    ):  # fmt: skip
        kind = getattr(resource, f"RLIMIT_{name}")
        _, hard = resource.getrlimit(kind)
        lower = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError):  # macOS knows limits that it does not let anybody set
            resource.setrlimit(kind, (lower, lower))
    if program := filter_path():
        refuse_calls(program)
