"""Run a student's answers in one process that can reach next to nothing, and read what it says with suspicion.

    bubblewrap  on Linux: a file system of its own with only Python, toyevm and the lesson in it, read-only; no network
    container   podman or docker: the same, at seconds a submission
    weak        only where somebody asked for it: what a process can give up by itself (`weak`)

In all of them: one process, which may have threads; system calls that no answer needs do not exist (`seccomp`); an
empty environment; no output but the result, and that bounded in bytes, lines and depth before anything parses it. Time
is that of the processor. Time on the wall only ends what sleeps. If what it ended may have been starved by others, it
runs once more, alone (`neighbours`), for no longer than an honest answer needs then.
"""

from __future__ import annotations

import itertools
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.grading import bubblewrap, container
from toyevm.teaching.grading.cgroup import in_cgroup
from toyevm.teaching.grading.neighbours import Neighbours
from toyevm.teaching.grading.plainjson import read_json
from toyevm.teaching.grading.process import (
    FOLDER,
    WAITED,
    Command,
    Said,
    files_in_folder,
    host_command,
    remove_left_folders,
    talk,
)
from toyevm.teaching.grading.seccomp import filter_path
from toyevm.teaching.lab.course import PACKAGE

ISOLATIONS = ("bubblewrap", "container", "weak")
WARNINGS = {
    "weak": "weak isolation: a determined student's answers can read all that you can, the solutions too, and change"
    " your files; on macOS they can also start processes and use the network"
}
CHILD = "toyevm.teaching.grading.child"
# How values are derived and what turns say: at home the notebook needs them, here no answer does.
HIDDEN = ("teaching/lab/derivations.py", "teaching/lessons/*/answers.py", "teaching/material/course/*/items.toml")
_MOST_LINES = 10_000  # of a result: more than there are cells and answers
_SAMPLE = 20  # files of each secret folder that a trial tries to read
_NEIGHBOURS = Neighbours()
_PATIENCE = 2  # seconds on the wall for each of the processor, in a run alone
_STARVED = 0.1  # of a core: who had more of it may have wanted all; who slept had less


@dataclass(frozen=True, slots=True)
class Limits:
    """What one notebook may use: sizes in bytes, seconds of the processor.

    Seconds on the wall are for what sleeps. They are many: on a busy machine, an honest answer waits as well.
    """

    cell_seconds: float = 5
    cell_wall_seconds: float = 30
    seconds: int = 30
    wall_seconds: float = 120
    memory: int = 1 << 30
    threads: int = 64
    result_bytes: int = 4 << 20
    program_seconds: int = 5  # to judge one program

    @property
    def alone(self) -> Limits:
        """For a run beside which nothing of ours runs: an honest answer waits only for what else this machine does."""
        return replace(
            self,
            cell_wall_seconds=min(self.cell_wall_seconds, _PATIENCE * self.cell_seconds),
            wall_seconds=min(self.wall_seconds, _PATIENCE * self.seconds),
        )


@dataclass(slots=True)
class SandboxReport:
    """What came back: by item and by cell, unjudged.

    Args:
        ended: why nothing more came; "" when all did.
        cpu_seconds: of the processor; 0 where nobody counts them, in a container.
        wall_hit: time on the wall was up, for a cell or for all, also when nobody else ran.
    """

    answers: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    twice: set[str] = field(default_factory=set)
    ended: str = ""
    cpu_seconds: float = 0.0
    wall_hit: bool = False


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A way to run answers.

    Args:
        child: the module whose `main` runs them.
        hides: whether modules that give answers away are hidden.
    """

    isolation: str
    limits: Limits = Limits()
    child: str = CHILD
    hides: bool = True

    def run(self, steps: Sequence[Mapping[str, Any]], files: Mapping[str, bytes] | None = None) -> SandboxReport:
        """Run the steps of a job (see `child`) in a folder with these files; return whatever came of it."""
        return read_outcome(self.talk({"steps": list(steps)}, files or {}), self.limits)

    def talk(self, job: Mapping[str, Any], files: Mapping[str, bytes]) -> Said:
        """Give a child a job; return what it says, at the second try if neighbours may have starved the first one.

        Whoever sleeps, or only says that they waited, has used next to nothing of the processor: their first run
        counts. So others wait for a submission for at most `Limits.alone.wall_seconds`: once for each of its runs.
        """
        with _NEIGHBOURS.beside() as core:
            began = time.monotonic()
            said = self._talk(job, files, core, self.limits)
        if (said.wall_hit or WAITED in said.text) and self._may_have_starved(said, time.monotonic() - began):
            with _NEIGHBOURS.alone() as core:
                said = self._talk(job, files, core, self.limits.alone)
        return said

    def _may_have_starved(self, said: Said, seconds: float) -> bool:
        """Tell whether a run of so many seconds on the wall had enough of the processor to have wanted more."""
        if seconds < self.limits.cell_wall_seconds:  # whatever it says
            return False
        is_counted = self.isolation != "container"
        return not is_counted or said.cpu_seconds > _STARVED * seconds

    def _talk(self, job: Mapping[str, Any], files: Mapping[str, bytes], core: int | None, limits: Limits) -> Said:
        with self._command(files) as (command, folder):
            return talk(command, {**job, **self._rights(limits, folder, core)}, limits.wall_seconds, limits.result_bytes)

    @contextmanager
    def conversation(
        self, child: str, files: Mapping[str, bytes], job: Mapping[str, Any]
    ) -> Iterator[tuple[Command, dict[str, Any]]]:
        """Lend the command that starts another child, which is asked line by line, and the first line for it."""
        with replace(self, child=child)._command(files) as (command, folder), _NEIGHBOURS.beside() as core:
            yield command, {**job, **self._rights(self.limits, folder, core)}

    def _rights(self, limits: Limits, folder: str, core: int | None) -> dict[str, Any]:
        """Return what a child has to give up."""
        is_weak = self.isolation == "weak"
        # Without a container or a user of its own, all the user's processes would be counted.
        threads = -1 if is_weak and sys.platform == "linux" else limits.threads
        return {
            "limits": asdict(limits) | {"threads": threads}, "folder": folder, "core": core,
            "user": bubblewrap.new_user() if self.isolation == "bubblewrap" else None,
            "parent": os.getpid() if is_weak else None,
        }  # fmt: skip

    @contextmanager
    def _command(self, files: Mapping[str, bytes]) -> Iterator[tuple[Command, str]]:
        """Lend the command that starts the child, and the name of its folder."""
        hidden = hidden_files() if self.hides else []
        if self.isolation == "bubblewrap":
            with bubblewrap.bubblewrap_command(self.child, files, hidden) as command:
                yield in_cgroup(command, self.limits.memory, self.limits.threads), FOLDER
        elif self.isolation == "container":
            limits = self.limits.memory, self.limits.threads, self.limits.wall_seconds
            with container.container_command(self.child, files, hidden, *limits) as command:
                yield command, FOLDER
        else:
            with files_in_folder(files) as folder:
                yield Command(host_command(self.child)), folder


def hidden_files() -> list[Path]:
    """Return the modules that answers must not import; what is compiled of them, too."""
    sources = [path for pattern in HIDDEN for path in sorted(PACKAGE.glob(pattern))]
    compiled = [found for path in sources for found in sorted(path.parent.glob(f"__pycache__/{path.stem}.*"))]
    return [*sources, *compiled]


def read_outcome(said: Said, limits: Limits) -> SandboxReport:
    """Return what a child said, believing nothing: a line that is not what `child` writes ends the reading.

    >>> text = b'{"item": "a", "value": "1"}\\n{"item": "a", "value": "2"}\\nrubbish'
    >>> outcome = read_outcome(Said(text, "", 0, 0.2, False), Limits())
    >>> sorted(outcome.twice), outcome.ended
    (['a'], 'ended before the last cell')
    """
    outcome = SandboxReport(cpu_seconds=said.cpu_seconds, wall_hit=said.wall_hit)
    for line in said.text.split(b"\n", _MOST_LINES):  # what is left over is no JSON
        try:
            match read_json(line):
                case {"done": True}:
                    return outcome
                case {"waited": True}:
                    outcome.wall_hit = True
                case {"cell": str(cell), "error": str(error)}:
                    outcome.errors.setdefault(cell, error)
                case {"item": str(item), **rest}:
                    outcome.twice |= {item} & outcome.answers.keys()
                    outcome.answers[item] = {str(name): value for name, value in rest.items()}
                case _:
                    break
        except InputError:
            break
    outcome.ended = said.ended or said.why_killed(limits.seconds) or "ended before the last cell"
    return outcome


def open_sandbox(secrets: Sequence[Path], limits: Limits | None = None, *, weak: bool = False) -> Sandbox:
    """Return the best sandbox that works here, in which the secrets, folders or files, cannot be read.

    Args:
        weak: where there is none, take what a process can give up by itself; it cannot keep secrets.

    Raises:
        InputError: there is none here, and why; or root asks for a weak one.
    """
    if os.name != "posix":
        raise InputError("answers cannot be run safely on this system", expected="Linux, macOS, or WSL on Windows")
    remove_left_folders()
    complaints = []
    for isolation, complaint in (("bubblewrap", bubblewrap.complaint), ("container", container.complaint)):
        sandbox, what = Sandbox(isolation, limits or Limits()), complaint()
        if not what and isolation == "bubblewrap" and filter_path() is None:
            what = "no filter of system calls is known for this machine"
        if not what and (what := _trouble(sandbox, secrets)) == "":
            return sandbox
        complaints.append(what)
    if not weak:
        help_ = f"{bubblewrap.HELP}, or {container.HELP}"
        raise InputError("; ".join(complaints), "answers cannot be run safely here", help_)
    if os.geteuid() == 0:
        raise InputError("weak isolation is refused to root", expected="another user, or bubblewrap")
    return Sandbox("weak", limits or Limits())


def _trouble(sandbox: Sandbox, secrets: Sequence[Path]) -> str:
    """Try it out: a process must start, and must not read any of the secret files. Return what was wrong, or ""."""
    trial = f"""
seen = []
for path in {[str(path) for secret in secrets for path in _files(secret.resolve())]!r}:
    try:
        seen.append(path if open(path, "rb").read(1) else "")
    except OSError:
        pass
"""
    steps: list[dict[str, Any]] = [
        {"cell": "trial", "source": trial},
        {"item": "trial", "answer": "seen", "calls": None},
    ]
    outcome = replace(sandbox, limits=Limits()).run(steps)
    match outcome.answers.get("trial"):
        case {"value": "[]"}:
            return ""
        case {"value": str(seen)}:
            return f"{sandbox.isolation} does not hide {seen[:200]}"
    return f"{sandbox.isolation} does not run answers, which {outcome.ended}: can everybody read {PACKAGE}?"


def _files(secret: Path) -> Iterator[Path]:
    """Yield a few of the files of a secret, or the file that it is."""
    found = [secret] if secret.is_file() else (path for path in secret.rglob("*") if path.is_file())
    yield from itertools.islice(found, _SAMPLE)
