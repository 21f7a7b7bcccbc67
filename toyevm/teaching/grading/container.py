"""A container of podman or docker, where there is no bubblewrap: on macOS and Windows, or on a server that has them.

Inside, a process gives up the same rights as everywhere, so the two differ in what they cost: a container takes seconds
to start. It needs an image with the packages that lessons use:

    podman build --tag toyevm-marking --file toyevm/teaching/grading/Containerfile .
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from toyevm.errors import InputError
from toyevm.teaching.grading.process import ENVIRONMENT, FOLDER, Command, files_in_folder, run_module
from toyevm.teaching.lab.course import PACKAGE

IMAGE = "toyevm-marking"
_BUILD = f"podman build --tag {IMAGE} --file {Path(__file__).with_name('Containerfile')} {PACKAGE.parent}"
HELP = f"podman or docker with the image {IMAGE} ({_BUILD})"
_INSIDE = "/package"
_NAMES = itertools.count()
_ISOLATED = (
    "--rm", "--interactive", "--network", "none", "--read-only", "--cap-drop", "ALL",
    "--security-opt", "no-new-privileges", "--user", "65534:65534", "--ipc", "private", "--pull", "never",
)  # fmt: skip


def engine() -> str | None:
    """Return podman or docker, if one is installed."""
    return shutil.which("podman") or shutil.which("docker")


@contextmanager
def container_command(
    module: str, files: Mapping[str, bytes], hidden: Sequence[Path], memory: int, threads: int, seconds: float
) -> Iterator[Command]:
    """Lend the command that runs a module of ours with these files in `FOLDER`, and without the hidden ones.

    Raises:
        InputError: neither podman nor docker is installed.
    """
    program = engine()
    if program is None:
        raise InputError("there is no podman and no docker here", expected=HELP)
    name = f"toyevm-{os.getpid()}-{next(_NAMES)}"
    limits = ["--memory", str(memory), "--memory-swap", str(memory), "--pids-limit", str(threads), "--cpus", "1"]
    mounts = ["--volume", f"{PACKAGE}:{_INSIDE}/{PACKAGE.name}:ro"]
    for path in hidden:
        mounts += ["--volume", f"/dev/null:{_INSIDE}/{PACKAGE.name}/{path.relative_to(PACKAGE).as_posix()}:ro"]
    for variable, value in ENVIRONMENT.items():
        mounts += ["--env", f"{variable}={value}"]
    with files_in_folder(files) as folder:
        mounts += ["--volume", f"{folder}:{FOLDER}:ro", "--workdir", FOLDER]
        words = [program, "run", "--name", name, *_ISOLATED, *limits, *mounts, IMAGE]
        # It outlives the client of its engine, so it has a clock of its own.
        words += ["timeout", "--signal=KILL", f"{seconds:g}", "python3", *run_module(module, [_INSIDE])]
        yield Command(words, environment=os.environ, at_end=[program, "rm", "--force", name])


def complaint() -> str:
    """Return why no container can be used here, or "" when one can, as far as its engine says."""
    program = engine()
    if program is None:
        return "podman and docker are not installed"
    words = [program, "image", "inspect", IMAGE]
    tried = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    said = tried.stderr.strip().splitlines() or [f"it ended with {tried.returncode}"]
    return f"{Path(program).name} cannot be used: {said[-1]}" if tried.returncode else ""
