"""Run a student's answers in a process that can reach next to nothing, and read what it says with suspicion.

Three ways to isolate it, best first; a trial run decides which one works here, and every row of the marks names it:

    bubblewrap  own file system, processes and network: only Python, toyevm and the lesson exist in there, read-only
    landlock    the kernel closes files, TCP and other processes to it (Linux 5.13 and later)
    limits      memory, time, processes; an audit hook guards files, which will not stop a determined attacker

In all of them: an empty environment, a session of its own, no output but the result, and that bounded in bytes, lines
and depth before anything parses it. When the time is up, or we end, the process and its children are killed.
"""

from __future__ import annotations

import itertools
import json
import os
import selectors
import shutil
import signal
import site
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from toyevm.errors import InputError
from toyevm.teaching.grading.plainjson import read_json
from toyevm.teaching.lab.workspace import CHECKOUT

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
_ENVIRONMENT = {"LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"}
_START = "import sys; sys.path.insert(0, {root!r}); from toyevm.teaching.grading.child import main; main()"


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


@dataclass(slots=True)
class Outcome:
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
    course: tuple[Path, ...] = ()  # what lies in the folder `course` of the answers' current folder
    limits: Limits = Limits()
    own_users: bool = True  # bubblewrap in a user namespace; a real root can do without, and become nobody inside

    def run(self, steps: Sequence[Mapping[str, Any]], files: Mapping[str, bytes] | None = None) -> Outcome:
        """Run the steps of a job (see `child`) in a folder with these files; return whatever came of it."""
        with tempfile.TemporaryDirectory(prefix="toyevm-") as folder:
            for name, data in (files or {}).items():
                (Path(folder) / name).write_bytes(data)
            (Path(folder) / "course").mkdir()
            for part in self.course:
                (Path(folder) / "course" / part.name).symlink_to(part)
            private = _PRIVATE if self.isolation == "bubblewrap" else folder
            job = {
                "steps": list(steps), "isolation": self.isolation, "limits": asdict(self.limits), "private": private,
                "readable": [*map(str, self.readable), *(map(str, self.course) if private == folder else ())],
                "user": _new_user(),
            }  # fmt: skip
            with tempfile.TemporaryFile() as stdin:
                stdin.write(json.dumps(job).encode())
                stdin.seek(0)
                said, ended = self._talk(self._command(folder, files or {}), stdin, private)
            return read_outcome(said, ended)

    def _command(self, folder: str, files: Mapping[str, bytes]) -> list[str]:
        python = [sys.executable, "-I", "-B", "-c", _START.format(root=str(CHECKOUT))]
        if self.isolation != "bubblewrap":
            return python
        command = ["bwrap", *(_ALL_SPACES if self.own_users else _SPACES), "--die-with-parent", "--new-session"]
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
        own = {name: Path(folder) / name for name in files} | {f"course/{part.name}": part for part in self.course}
        command += ["--perms", "0755", "--dir", f"{_PRIVATE}/course"]
        for name, place in own.items():
            command += ["--ro-bind", str(place), f"{_PRIVATE}/{name}"]
        return [*command, "--remount-ro", "/", "--chdir", _PRIVATE, *python]

    def _talk(self, command: list[str], stdin: IO[bytes], private: str) -> tuple[bytes, str]:
        """Return what the process wrote, and why we stopped listening before it was done."""
        environment = {"PATH": os.defpath, "TMPDIR": private, **_ENVIRONMENT}
        process = subprocess.Popen(
            command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd="/",
            start_new_session=True,
        )  # fmt: skip
        try:
            return self._listen(process)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _listen(self, process: subprocess.Popen[bytes]) -> tuple[bytes, str]:
        assert process.stdout is not None
        deadline, said = time.monotonic() + self.limits.seconds, bytearray()
        with process.stdout as pipe, selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while len(said) <= self.limits.result_bytes:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    return bytes(said), f"stopped after {self.limits.seconds} s"
                chunk = os.read(pipe.fileno(), 1 << 16)
                said += chunk
                if not chunk or said.endswith(b'{"done": true}\n'):
                    return bytes(said), ""
        return b"", "said more than a result can be"


def _new_user() -> int:
    """Return a user id that nobody has, and no other sandbox of ours."""
    return _NOBODIES + os.getpid() % 2**20 * 256 + next(_NUMBERS) % 256


def read_outcome(said: bytes, ended: str = "") -> Outcome:
    """Return what a child said, believing nothing: a line that is not what `child` writes ends the reading.

    >>> outcome = read_outcome(b'{"item": "a", "value": "1"}\\n{"item": "a", "value": "2"}\\nrubbish')
    >>> sorted(outcome.twice), outcome.ended
    (['a'], 'ended before the last cell')
    """
    outcome = Outcome(ended=ended)
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
    secrets: Sequence[Path], course: Path, limits: Limits | None = None, isolations: Sequence[str] = ISOLATIONS
) -> Sandbox:
    """Return the best sandbox that works here, with the lessons in `course`, in which the secrets cannot be read.

    Raises:
        InputError: not even limits work: this system is no Unix.
    """
    hidden = [secret.resolve() for secret in (*secrets, course / "instructor")]
    readable, lessons, limits = tuple(_readable(hidden)), tuple(_without(course, hidden)), limits or Limits()
    for isolation in isolations if os.name == "posix" else ():
        ways = [False, True] if isolation == "bubblewrap" and os.geteuid() == 0 else [True]
        for sandbox in [Sandbox(isolation, readable, lessons, limits, own_users) for own_users in ways]:
            if (isolation != "bubblewrap" or shutil.which("bwrap")) and _keeps_secrets(sandbox, secrets):
                return sandbox
    raise InputError("answers cannot be run safely here", expected="Linux, with bubblewrap (bwrap) at best, or macOS")


def _keeps_secrets(sandbox: Sandbox, secrets: Sequence[Path]) -> bool:
    """Try it out: a process must start, and must not read any of the secret files."""
    files = [str(path) for secret in secrets for path in ([secret] if secret.is_file() else secret.rglob("*"))]
    trial = f"""
import os
seen = []
for path in {[path for path in files if os.path.isfile(path)][:20]!r}:
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


def _readable(hidden: Sequence[Path]) -> Iterator[Path]:
    """Yield what a child needs to read: the system's libraries, Python, its packages, toyevm."""
    places = [*_SYSTEM, sys.base_prefix, sys.prefix, *site.getsitepackages()]
    wanted = [Path(place) for place in places if Path(place).exists()]
    seen: set[Path] = set()
    for path in [*wanted, CHECKOUT / "toyevm"]:
        for part in _without(path, hidden):
            if part not in seen and not seen & set(part.parents):
                seen.add(part)
                yield part


def _without(path: Path, hidden: Sequence[Path]) -> Iterator[Path]:
    """Yield `path`, or, when something hidden lies in it, those of its parts that do not hold it."""
    real = path.resolve()
    if any(real.is_relative_to(secret) for secret in hidden):
        return
    if not any(secret.is_relative_to(real) for secret in hidden):
        yield path
        return
    if real.is_dir():
        for part in sorted(real.iterdir()):
            yield from _without(part, hidden)


def _links() -> list[str]:
    """Return the folders of the system that are only links, as /bin to usr/bin."""
    return [path for path in _SYSTEM if os.path.islink(path)]
