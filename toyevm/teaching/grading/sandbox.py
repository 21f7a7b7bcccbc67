"""Run a student's answers in a process that can reach next to nothing, and read what it says with suspicion.

Three ways to isolate it, best first; a trial run decides which one works here, and every row of the marks names it:

    bubblewrap  own file system, processes and network: only Python, toyevm and the lesson exist in there, read-only
    landlock    the kernel closes files, TCP and other processes to it (Linux 5.13 and later)
    limits      memory, time, processes; an audit hook guards files, which will not stop a determined attacker

In all of them: an empty environment, a session of its own, no output but the result, and that bounded in bytes, lines
and depth before anything parses it; and, where there is Linux, no system calls that no answer needs (`seccomp`). When
the time is up, or we end, the process and its children are killed.
"""

from __future__ import annotations

import itertools
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.grading.plainjson import read_json
from toyevm.teaching.grading.process import python_command, talk
from toyevm.teaching.lab import derivations
from toyevm.teaching.lab.course import PACKAGE

ISOLATIONS = ("bubblewrap", "landlock", "limits")
WARNINGS = {
    "landlock": "without bubblewrap, answers are kept from files and TCP by Landlock, but not from UDP",
    "limits": "without bubblewrap, a determined student's answers can read what you can, the solutions too",
}
_PRIVATE = "/marking"  # in a file system of its own
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")
_ALL_SPACES = ("--unshare-all",)
_SPACES = ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try")
_TO_BECOME_NOBODY = ("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_CHOWN")
_NOBODIES, _NUMBERS = 0x6000_0000, itertools.count()
_OF_ENVIRONMENT = ("bin", "lib", "lib64", "pyvenv.cfg")  # what Python needs of its own folder, or of a virtual one
_PACKAGES = ("site-packages", "dist-packages")
_SAMPLE = 20  # files of each secret folder that a trial tries to read


@dataclass(frozen=True, slots=True)
class Limits:
    """What one notebook may use: sizes in bytes, memory and files for each of its processes."""

    cell_seconds: float = 5
    seconds: int = 30
    memory: int = 1 << 30
    processes: int = 8
    file_bytes: int = 16 << 20
    private_bytes: int = 64 << 20
    result_bytes: int = 4 << 20
    program_seconds: float = 5  # of the CPU, to judge one program


@dataclass(slots=True)
class SandboxReport:
    """What came back: by item and by cell, unjudged; `ended` says why nothing more came, and is "" when all did."""

    answers: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    twice: set[str] = field(default_factory=set)
    ended: str = ""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A way to run answers, and what they may read."""

    isolation: str
    readable: tuple[Path, ...]
    limits: Limits = Limits()
    own_users: bool = True  # bubblewrap in a user namespace; a real root can do without, and become nobody inside

    def run(self, steps: Sequence[Mapping[str, Any]], files: Mapping[str, bytes] | None = None) -> SandboxReport:
        """Run the steps of a job (see `child`) in a folder with these files; return whatever came of it."""
        with tempfile.TemporaryDirectory(prefix="toyevm-") as folder:
            for name, data in (files or {}).items():
                place = Path(folder) / name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)
            private = _PRIVATE if self.isolation == "bubblewrap" else folder
            job = {
                "steps": list(steps), "isolation": self.isolation, "limits": asdict(self.limits), "private": private,
                "readable": [str(path) for path in self.readable], "listable": str(PACKAGE), "user": _new_user(),
            }  # fmt: skip
            limits, command = self.limits, self._command(Path(folder))
            said, ended, _ = talk(command, job, limits.seconds, limits.result_bytes, TMPDIR=private)
            return read_outcome(said, ended)

    def _command(self, folder: Path) -> list[str]:
        python = python_command(sys.executable, "toyevm.teaching.grading.child")
        if self.isolation != "bubblewrap":
            return python
        bwrap = shutil.which("bwrap") or "bwrap"
        command = [bwrap, *(_ALL_SPACES if self.own_users else _SPACES), "--die-with-parent", "--new-session"]
        command += ["--hostname", "marker", "--cap-drop", "ALL", *(() if self.own_users else _TO_BECOME_NOBODY)]
        for link in _links():
            command += ["--symlink", os.readlink(link), link]
        bound = [path for path in self.readable if str(path) not in _links()]
        for parent in sorted({parent for path in bound for parent in path.parents} - {Path("/")}):
            command += ["--perms", "0755", "--dir", str(parent)]
        for path in bound:
            command += ["--ro-bind", str(path), str(path)]
        for device in _DEVICES:
            command += ["--dev-bind-try", device, device]
        command += ["--size", str(self.limits.private_bytes), "--tmpfs", _PRIVATE]
        for place in sorted(folder.iterdir()):
            command += ["--ro-bind", str(place), f"{_PRIVATE}/{place.name}"]
        return [*command, "--remount-ro", "/", "--chdir", _PRIVATE, *python]


def _new_user() -> int:
    """Return a user id that nobody has, and no other sandbox of ours."""
    return _NOBODIES + os.getpid() % 2**20 * 256 + next(_NUMBERS) % 256


def read_outcome(said: bytes, ended: str = "") -> SandboxReport:
    """Return what a child said, believing nothing: a line that is not what `child` writes ends the reading.

    >>> outcome = read_outcome(b'{"item": "a", "value": "1"}\\n{"item": "a", "value": "2"}\\nrubbish')
    >>> sorted(outcome.twice), outcome.ended
    (['a'], 'ended before the last cell')
    """
    outcome = SandboxReport(ended=ended)
    for line in said.split(b"\n"):
        try:
            match read_json(line):
                case {"done": True}:
                    return outcome
                case {"cell": str(cell), "error": str(error)}:
                    outcome.errors.setdefault(cell, error)
                case {"item": str(item), **rest}:
                    outcome.twice |= {item} & outcome.answers.keys()
                    outcome.answers[item] = {str(name): value for name, value in rest.items()}
                case _:
                    break
        except InputError:
            break
    outcome.ended = ended or "ended before the last cell"
    return outcome


def open_sandbox(
    secrets: Sequence[Path], limits: Limits | None = None, isolations: Sequence[str] = ISOLATIONS
) -> Sandbox:
    """Return the best sandbox that works here, in which the secrets, folders or files, cannot be read.

    Raises:
        InputError: not even limits work: this system is no Unix.
    """
    readable, limits = tuple(_readable([secret.resolve() for secret in secrets])), limits or Limits()
    for isolation in isolations if os.name == "posix" else ():
        ways = [False, True] if isolation == "bubblewrap" and os.geteuid() == 0 else [True]
        for sandbox in [Sandbox(isolation, readable, limits, own_users) for own_users in ways]:
            if (isolation != "bubblewrap" or shutil.which("bwrap")) and _keeps_secrets(sandbox, secrets):
                return sandbox
    raise InputError("answers cannot be run safely here", expected="Linux, with bubblewrap (bwrap) at best, or macOS")


def _keeps_secrets(sandbox: Sandbox, secrets: Sequence[Path]) -> bool:
    """Try it out: a process must start, and must not read any of the secret files."""
    trial = f"""
import os
seen = []
for path in {[str(path) for secret in secrets for path in _files(secret)]!r}:
    try:
        seen.append(open(path, "rb").read(1))
    except OSError:
        pass
"""
    steps: list[dict[str, Any]] = [
        {"cell": "trial", "source": trial},
        {"item": "trial", "answer": "seen", "calls": None},
    ]
    return sandbox.run(steps).answers.get("trial") == {"value": "[]"}


def _files(secret: Path) -> Iterator[Path]:
    """Yield a few of the files of a secret, or the file that it is."""
    found = [secret] if secret.is_file() else (path for path in secret.rglob("*") if path.is_file())
    yield from itertools.islice(found, _SAMPLE)


def _readable(secrets: Sequence[Path]) -> Iterator[Path]:
    """Yield what a child needs to read: the system's libraries, Python, its packages, toyevm.

    A virtual environment often lies in the checkout, and the checkout in a folder that is needed: so of environments
    only their own parts are taken, and nothing of the checkout but what is named. How values are derived, and what turns say,
    stays outside.
    """
    environments = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix}
    environments.add(str(Path(sys.executable).resolve().parents[1]))
    parts = [Path(folder) / part for folder in sorted(environments) for part in _OF_ENVIRONMENT]
    packages = [Path(folder) for folder in sys.path if Path(folder).name in _PACKAGES]
    answers = [Path(derivations.__file__), *sorted((PACKAGE / "teaching" / "lessons").glob("*/answers.py"))]
    hidden = [*secrets, PACKAGE.parent, *(file for source in answers for file in _module_files(source))]
    seen: set[Path] = set()
    for path in [*map(Path, _SYSTEM), *parts, *packages, PACKAGE]:
        for part in _without(path, hidden) if path.exists() else ():
            if part not in seen and not seen & set(part.parents):
                seen.add(part)
                yield part


def _module_files(source: Path) -> list[Path]:
    """Return a module's source and whatever it was compiled to."""
    return [path.resolve() for path in (source, *source.parent.glob(f"__pycache__/{source.stem}.*"))]


def _without(path: Path, hidden: Sequence[Path]) -> Iterator[Path]:
    """Yield `path`, or, when something hidden lies in it, those of its parts that do not hold it.

    What is named lies where it lies: a folder around `path` may be hidden, and `path` is not.
    """
    real = path.resolve()
    inside = [secret for secret in hidden if secret.is_relative_to(real) and secret != real]
    if not inside:
        yield path
    elif real.is_dir():
        for part in sorted(path.iterdir()):
            if part.resolve() not in inside:
                yield from _without(part, inside)


def _links() -> list[str]:
    """Return the folders of the system that are only links, as /bin to usr/bin."""
    return [path for path in _SYSTEM if os.path.islink(path)]
