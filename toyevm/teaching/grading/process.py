"""A process that is listened to for so long, and so much, then killed. What it used of the processor is counted."""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from toyevm.teaching.lab.course import PACKAGE

if TYPE_CHECKING:
    import resource  # not on Windows

DONE, WAITED = b'{"done": true}\n', b'{"waited": true}\n'
FOLDER = "/marking"  # where a child finds the lesson's files, if it has a file system of its own
# One thread of numpy's; few arenas, since each takes 64 MiB of address space; sets in the same order on every run.
ENVIRONMENT = {
    "LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2",
    "MPLBACKEND": "agg",
}  # fmt: skip
_PACKAGES = ("site-packages", "dist-packages")
_FOLDER = "toyevm-marking"
_LAST_BREATH = 2  # seconds, to end by itself


@dataclass(frozen=True, slots=True)
class Command:
    """What to start.

    Args:
        files: passed on; their numbers stand in `words`.
        environment: all that it finds there.
        at_end: run afterwards: what it takes to end something that is no child of ours.
    """

    words: Sequence[str]
    files: Sequence[IO[bytes]] = ()
    environment: Mapping[str, str] = field(default_factory=lambda: ENVIRONMENT)
    at_end: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What a process wrote.

    Args:
        ended: why we stopped listening before it was done, or "".
        code: how it ended, as `Popen.returncode`.
        cpu_seconds: what it used of the processor, its threads together.
        wall_hit: it did not end in time, by the clock on the wall.
    """

    text: bytes
    ended: str
    code: int
    cpu_seconds: float
    wall_hit: bool

    def why_killed(self, seconds: float) -> str:
        """Return that it used up its seconds of the processor, or ""."""
        was_killed = self.code in (-signal.SIGKILL, 128 + signal.SIGKILL)
        return f"stopped after {seconds:g} s of the processor" if was_killed and self.cpu_seconds > seconds - 1 else ""


def talk(command: Command, job: Mapping[str, Any], seconds: float, most_bytes: int) -> Said:
    """Run a command with a job, as JSON, on its stdin, for at most so many seconds by the clock on the wall."""
    with tempfile.TemporaryFile() as stdin:
        stdin.write(json.dumps(job).encode())
        stdin.seek(0)
        process = subprocess.Popen(
            command.words, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/",
            env=command.environment, pass_fds=[file.fileno() for file in command.files], start_new_session=True,
        )  # fmt: skip
        said, ended, wall_hit, patience = b"", "", False, 0.0
        try:
            said, ended, wall_hit = _listen(process, seconds, most_bytes)
            patience = 0.0 if ended else _LAST_BREATH
        finally:
            code, cpu_seconds = _end(process, patience)
            if command.at_end and code:
                subprocess.run(command.at_end, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        return Said(said, ended, code, cpu_seconds, wall_hit)


def _listen(process: subprocess.Popen[bytes], seconds: float, most_bytes: int) -> tuple[bytes, str, bool]:
    """Return what is said, why not all of it, and whether that was because time was up."""
    assert process.stdout is not None
    deadline, said = time.monotonic() + seconds, bytearray()
    with process.stdout as pipe, selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while len(said) <= most_bytes:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                return bytes(said), f"stopped after {seconds:g} s", True
            chunk = os.read(pipe.fileno(), 1 << 16)
            said += chunk
            if not chunk or said.endswith(DONE):
                return bytes(said), "", False
    return b"", "said more than a result can be", False


def _end(process: subprocess.Popen[bytes], patience: float) -> tuple[int, float]:
    """Wait so long for the end, then bring it about; return how it ended, and the seconds of the processor it took."""
    ended = _wait(process.pid, patience)
    if not ended:  # its child first: so it can end by itself, and its child's time is counted with its own
        for child in _children(process.pid):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(child, signal.SIGKILL)
        ended = _wait(process.pid, _LAST_BREATH if _children(process.pid) else 0)
    if not ended:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    _, status, used = ended or os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, used.ru_utime + used.ru_stime


def _wait(pid: int, seconds: float) -> tuple[int, int, resource.struct_rusage] | None:
    """Return what `os.wait4` does, once the process has ended; None, when it has not in time."""
    deadline = time.monotonic() + seconds
    while not (ended := os.wait4(pid, os.WNOHANG))[0] and time.monotonic() < deadline:
        time.sleep(0.002)
    return ended if ended[0] else None


def _children(pid: int) -> list[int]:
    """Return the processes that a process began, where the system says so."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def python() -> Path:
    """Return Python itself, not the link to it in a virtual environment."""
    return Path(getattr(sys, "_base_executable", "") or sys.executable).resolve()


def packages() -> list[Path]:
    """Return the folders of installed packages."""
    return [path for path in map(Path, sys.path) if path.name in _PACKAGES and path.is_dir()]


def run_module(module: str, folders: Sequence[object]) -> list[str]:
    """Return options of Python by which it runs a module's `main`, with nothing of the user's own in its way."""
    start = f"import sys; sys.path[:0] = {list(map(str, folders))!r}; from {module} import main; main()"
    return ["-s", "-P", "-B", "-c", start]


def host_command(module: str) -> list[str]:
    """Return the command that runs a module of ours with the Python and the packages that are installed here."""
    return [str(python()), "-S", *run_module(module, [PACKAGE.parent, *packages()])]


@contextmanager
def files_in_folder(files: Mapping[str, bytes]) -> Iterator[str]:
    """Lend a folder with these files, readable to all."""
    with tempfile.TemporaryDirectory(prefix=f"{_FOLDER}-{os.getpid()}-") as folder:
        os.chmod(folder, 0o755)
        for name, data in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        yield folder


def remove_left_folders() -> None:
    """Remove the folders of markers that were killed."""
    for path in Path(tempfile.gettempdir()).glob(f"{_FOLDER}-*-*"):
        try:
            os.kill(int(path.name.split("-")[2]), 0)
        except ProcessLookupError:
            shutil.rmtree(path, ignore_errors=True)
        except (ValueError, OverflowError, PermissionError):  # anybody may make a folder of such a name
            continue
