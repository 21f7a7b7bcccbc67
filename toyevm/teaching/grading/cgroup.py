"""A cgroup around a sandbox, where systemd gives one: it limits the whole, also what no process is charged for.

It is a second fence. The sandbox holds without it, so where there is no systemd, or it gives this user nothing, that is
said and nothing else changes.

Source: systemd-run(1), systemd.resource-control(5).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from functools import lru_cache

from toyevm.teaching.grading.process import Command

_SPARE = 256 << 20  # bytes beside an answer's own: bubblewrap, and what the kernel keeps for both
_MORE_TASKS = 16
_BUS = ("XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")  # how a user's systemd is found
_PATIENCE = 10  # seconds


def in_cgroup(command: Command, memory: int, threads: int) -> Command:
    """Return the command in a cgroup with so many bytes and threads, or as it is."""
    if not has_cgroups():
        return command
    limits = {"MemoryMax": memory + _SPARE, "MemorySwapMax": 0, "TasksMax": threads + _MORE_TASKS}
    options = [word for name, value in limits.items() for word in ("-p", f"{name}={value}")]
    hidden = [word for name in _BUS for word in ("--unsetenv", name)]  # bubblewrap's: no answer needs to know
    bwrap, *words = command.words
    found = [*_systemd_run(), *options, "--", bwrap, *hidden, *words]
    return replace(command, words=found, environment={**command.environment, **_bus()})


@lru_cache(maxsize=1)
def has_cgroups() -> bool:
    """Return whether systemd gives us a cgroup: it is asked once."""
    if not shutil.which("systemd-run"):
        return False
    words = [*_systemd_run(), "-p", f"MemoryMax={_SPARE}", "--", "true"]
    try:
        return not subprocess.run(words, capture_output=True, check=False, timeout=_PATIENCE).returncode
    except (OSError, subprocess.TimeoutExpired):
        return False


def describe_cgroup() -> str:
    """Return in words whether there is one."""
    return "in a cgroup of systemd's" if has_cgroups() else "without a cgroup: systemd gives none here"


def _systemd_run() -> list[str]:
    user = [] if os.geteuid() == 0 else ["--user"]
    return [shutil.which("systemd-run") or "systemd-run", *user, "--scope", "--quiet", "--collect"]


def _bus() -> dict[str, str]:
    return {name: os.environ[name] for name in _BUS if name in os.environ}
