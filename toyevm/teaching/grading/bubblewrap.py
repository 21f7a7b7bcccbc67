"""Bubblewrap: a file system in which there is only Python, toyevm and the lesson, and of processes only this one.

Nothing in it can be written, not even a temporary folder: that would need a limit of its own. Whoever is not root gets
there by a user namespace; root needs none, and becomes nobody inside.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from toyevm.teaching.grading.process import FOLDER, Command, host_command, packages, python
from toyevm.teaching.lab.course import PACKAGE

HELP = (
    "bubblewrap 0.8 or later (apt-get install bubblewrap); on Ubuntu from 24.04 also the profile bwrap-userns-restrict"
    " of apparmor-profiles, copied to /etc/apparmor.d"
)
_ISOLATED = (
    "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try", "--as-pid-1",
    "--die-with-parent", "--new-session", "--hostname", "marker", "--cap-drop", "ALL",
)  # fmt: skip
_AS_USER = ("--unshare-user", "--disable-userns", "--assert-userns-disabled", "--uid", "65534", "--gid", "65534")
_AS_ROOT = ("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")  # to become nobody
_LIBRARIES = ("/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib", "/nix/store")
_FINDING_THEM = ("/etc/ld.so.cache", "/etc/alternatives")
_OLD_NAMES = ("/lib", "/lib32", "/lib64")  # now links into /usr
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")
_NOBODIES, _NUMBERS = 0x6000_0000, itertools.count()


def new_user() -> int | None:
    """Return whom root becomes: an id that nobody has, no other sandbox either, since threads are counted by it."""
    return _NOBODIES + os.getpid() % 2**20 * 256 + next(_NUMBERS) % 256 if os.geteuid() == 0 else None


@contextmanager
def bubblewrap_command(module: str, files: Mapping[str, bytes], hidden: Sequence[Path]) -> Iterator[Command]:
    """Lend the command that runs a module of ours with these files in `FOLDER`, and without the hidden ones."""
    words = [shutil.which("bwrap") or "bwrap", *_ISOLATED, *(_AS_ROOT if os.geteuid() == 0 else _AS_USER)]
    for name in _OLD_NAMES:
        words += ["--symlink", os.readlink(name), name] if os.path.islink(name) else ["--ro-bind-try", name, name]
    bound = readable()
    for parent in sorted({parent for path in [*bound, *map(Path, _DEVICES)] for parent in path.parents} - {Path("/")}):
        words += ["--perms", "0755", "--dir", str(parent)]  # else closed to whom root becomes
    for path in bound:
        words += ["--ro-bind", str(path), str(path)]
    for path in hidden:  # a device is no module, and cannot be read there
        words += ["--ro-bind", "/dev/null", str(path)]
    for device in _DEVICES:
        words += ["--dev-bind", device, device]
    words += ["--perms", "0755", "--dir", FOLDER]
    with ExitStack() as stack:
        opened = []
        for name, data in files.items():
            file = stack.enter_context(tempfile.TemporaryFile())
            file.write(data)
            file.seek(0)
            opened.append(file)
            words += ["--perms", "0444", "--file", str(file.fileno()), f"{FOLDER}/{name}"]
        yield Command([*words, "--remount-ro", "/", "--chdir", FOLDER, "--", *host_command(module)], opened)


def readable() -> list[Path]:
    """Return what can be read in there: the system's libraries, Python, its packages, toyevm; nothing twice."""
    bases = {Path(sys.base_prefix), Path(sys.base_exec_prefix)}
    parts = [base / name for base in sorted(bases) for name in ("lib", "lib64")]
    found: list[Path] = []
    for path in [*map(Path, _LIBRARIES + _FINDING_THEM), *parts, python(), *packages(), PACKAGE]:
        if path.exists() and not {path, *path.parents} & set(found) and not _is_old_name(path):
            found.append(path)
    return found


def complaint() -> str:
    """Return what bubblewrap says when it does not work here, or ""."""
    if not shutil.which("bwrap"):
        return "bubblewrap (bwrap) is not installed"
    with bubblewrap_command("", {}, []) as command:
        words = [*command.words[: command.words.index("--")], "--", str(python()), "-S", "-c", ""]
        tried = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    said = tried.stderr.strip().splitlines() or [f"it ended with {tried.returncode}"]
    return f"bubblewrap does not work here: {said[-1]}" if tried.returncode else ""


def _is_old_name(path: Path) -> bool:
    return any(Path(name) in {path, *path.parents} for name in _OLD_NAMES)
