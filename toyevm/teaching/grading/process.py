"""A process that is listened to for so long, and so much: then it is killed, with its children."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from toyevm.teaching.lab.course import PACKAGE

DONE = b'{"done": true}\n'
_ENVIRONMENT = {"LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"}


def talk(
    command: Sequence[str], job: Mapping[str, Any], seconds: float, most_bytes: int, **environment: str
) -> tuple[bytes, str, int]:
    """Run a command with a job, as JSON, on its stdin.

    Returns:
        What it wrote; why we stopped listening before it was done, or ""; and how it ended, as `Popen.returncode`.
    """
    with tempfile.TemporaryFile() as stdin:
        stdin.write(json.dumps(job).encode())
        stdin.seek(0)
        process = subprocess.Popen(
            command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/",
            env={"PATH": os.defpath} | _ENVIRONMENT | environment, start_new_session=True,
        )  # fmt: skip
        try:
            said, ended = _listen(process, seconds, most_bytes)
            if not (ended or said.endswith(DONE)):
                with suppress(subprocess.TimeoutExpired):  # it closed its end, so it should be about to end itself
                    process.wait(1)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            code = process.wait()
        return said, ended, code


def _listen(process: subprocess.Popen[bytes], seconds: float, most_bytes: int) -> tuple[bytes, str]:
    assert process.stdout is not None
    deadline, said = time.monotonic() + seconds, bytearray()
    with process.stdout as pipe, selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while len(said) <= most_bytes:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                return bytes(said), f"stopped after {seconds:g} s"
            chunk = os.read(pipe.fileno(), 1 << 16)
            said += chunk
            if not chunk or said.endswith(DONE):
                return bytes(said), ""
    return b"", "said more than a result can be"


def python_command(executable: str, module: str) -> list[str]:
    """Return the command that runs a module's `main`, with nothing of the user's own in its way."""
    start = f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r}); from {module} import main; main()"
    return [executable, "-I", "-B", "-c", start]
