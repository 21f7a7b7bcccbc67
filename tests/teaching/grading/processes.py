"""Which processes there are, and how to be somebody who is not root."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.architecture.project import REPOSITORY

NOBODY = 65534


def survivors(word: str) -> list[str]:
    """The command lines with this word in them, after a moment: the kernel takes its time to kill."""
    deadline = time.monotonic() + 5
    while (found := [command for command in commands() if word in command]) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def commands() -> list[str]:
    """The command lines of all processes here."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return found


def python_of_all() -> str | None:
    """Return a Python of this version that anybody may run, or None."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for name in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        user = NOBODY if os.geteuid() == 0 else None
        try:
            tried = subprocess.run([name, "-c", ""], capture_output=True, user=user, extra_groups=[], check=False)
        except OSError:
            continue
        if tried.returncode == 0:
            return name
    return None


def as_nobody(python: str, source: str) -> Any:
    """Run a program as a user who is not root; return what it prints, which is JSON."""
    packages = [path for path in sys.path if path.endswith("-packages")]
    ready = f"import json, sys; sys.path += {[str(REPOSITORY), *packages]!r}\n"
    root = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    done = subprocess.run(
        [python, "-B", "-c", ready + source], capture_output=True, text=True, check=False, cwd="/", **root
    )  # type: ignore[call-overload]
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])
