"""The cgroup around a sandbox: asked of a systemd that is a script here, since none runs where the tests do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from toyevm.teaching.grading.cgroup import describe_cgroup, has_cgroups, in_cgroup
from toyevm.teaching.grading.process import Command
from toyevm.teaching.grading.sandbox import Limits, Sandbox

GIVES = """#!/bin/sh
echo "$@" >> "{log}"
while [ "$1" != "--" ]; do shift; done
shift
exec "$@"
"""
REFUSES = "#!/bin/sh\nexit 1\n"


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    has_cgroups.cache_clear()
    yield
    has_cgroups.cache_clear()


def fake(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a systemd-run on the path; return the file in which it notes what it is asked."""
    log, path = folder / "log", folder / "systemd-run"
    path.write_text(script.replace("{log}", str(log)))
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return log


def test_without_systemd_nothing_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    command = Command(["bwrap", "--", "python"])
    assert in_cgroup(command, 1 << 30, 64) is command
    assert "none here" in describe_cgroup()


def test_a_systemd_that_gives_none_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(tmp_path, REFUSES, monkeypatch)
    command = Command(["bwrap", "--", "python"])
    assert in_cgroup(command, 1 << 30, 64) is command


def test_the_sandbox_runs_in_the_cgroup_that_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, marker: None
) -> None:
    log = fake(tmp_path, GIVES, monkeypatch)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/secret")
    limits = Limits(memory=512 << 20, threads=7)
    look = "import os\nfound = sorted(os.environ)"
    outcome = Sandbox("bubblewrap", limits).run(
        [{"cell": "a", "source": look}, {"item": "x", "answer": "found", "calls": None}]
    )
    asked = log.read_text().splitlines()[-1]
    for option in ("--scope", "--collect", f"-p MemoryMax={768 << 20}", "-p MemorySwapMax=0", "-p TasksMax=23"):
        assert option in asked
    assert ("--user" in asked) == (os.geteuid() != 0)
    assert "XDG_RUNTIME_DIR" not in outcome.answers["x"]["value"]
    assert "LANG" in outcome.answers["x"]["value"]
    assert "in a cgroup" in describe_cgroup()
