"""What a cell asks of the kernel, it does not get in any isolation, and gets without one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.project import REPOSITORY
from tests.teaching.grading.kernel_attacks import (
    ATTACKS,
    BUSY,
    FLOOD_FILES,
    HONEST,
    LEAVE_KEY,
    MANY_THREADS,
    RINGS,
    SPINNERS,
    TAKE_KEY,
    WALK,
)
from tests.teaching.grading.processes import as_nobody, python_of_all, survivors
from toyevm.errors import InputError
from toyevm.teaching.grading import bubblewrap, container
from toyevm.teaching.grading.process import Command, Said, remove_left_folders, talk
from toyevm.teaching.grading.bubblewrap import readable
from toyevm.teaching.grading.neighbours import Neighbours
from toyevm.teaching.grading.sandbox import Limits, Sandbox, SandboxReport, open_sandbox
from toyevm.teaching.grading.seccomp import filter_path

# Of the processor, little; on the wall, much: others work here.
LIMITS = Limits(cell_seconds=1, cell_wall_seconds=60, seconds=3, wall_seconds=120, memory=512 << 20)
FILES = {"data/seven.txt": b"seven"}
UNGUARDED = Sandbox("weak", LIMITS, child="tests.teaching.grading.unguarded")


CONTAINER = pytest.param("container", marks=pytest.mark.container)
STRONG = pytest.mark.parametrize("sandbox", ["bubblewrap", CONTAINER], indirect=True)  # not only what is given up


@pytest.fixture(params=["bubblewrap", CONTAINER, "weak"])
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    """Each isolation that works here."""
    complaints = {"bubblewrap": bubblewrap.complaint, "container": container.complaint}
    if filter_path() is None:
        pytest.skip("no filter of system calls for this machine")
    if complaint := complaints.get(request.param, str)():
        pytest.skip(complaint)
    return Sandbox(request.param, LIMITS)


def report(sandbox: Sandbox, source: str, answer: str = "got") -> SandboxReport:
    return sandbox.run([{"cell": "a", "source": source}, {"item": "x", "answer": answer, "calls": None}], FILES)


def run_cell(sandbox: Sandbox, source: str, answer: str = "got") -> Any:
    """Return what one cell's variable arrives as, or the reason why it does not."""
    outcome = report(sandbox, source, answer)
    found = outcome.answers.get("x", {})
    return json.loads(found["value"]) if "value" in found else outcome.errors.get("a") or outcome.ended


# --- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ATTACKS)
def test_the_kernel_refuses_what_no_answer_needs(sandbox: Sandbox, name: str) -> None:
    assert run_cell(sandbox, ATTACKS[name]) is False


WITHOUT_GUARD = dict.fromkeys(ATTACKS, True) | {"becomes a program": "ended before the last cell"}


@pytest.mark.parametrize("name", ATTACKS)
def test_without_a_guard_the_attack_works(name: str) -> None:
    assert run_cell(UNGUARDED, ATTACKS[name]) == WITHOUT_GUARD[name]


@pytest.mark.parametrize("ring", RINGS)
def test_an_answer_left_in_a_keyring_is_neither_left_nor_found(sandbox: Sandbox, ring: str) -> None:
    leave, take = LEAVE_KEY.replace("RING", RINGS[ring]), TAKE_KEY.replace("RING", RINGS[ring])
    assert run_cell(sandbox, leave) is False
    if run_cell(UNGUARDED, leave):  # some containers have no keyrings
        assert run_cell(UNGUARDED, take) is True
    assert run_cell(sandbox, take) is False


@STRONG
def test_nothing_can_be_written(sandbox: Sandbox) -> None:
    assert run_cell(sandbox, FLOOD_FILES) == []
    assert "." in run_cell(UNGUARDED, FLOOD_FILES)


def test_files_have_no_room(sandbox: Sandbox) -> None:
    source = """import tempfile
try:
    with tempfile.TemporaryFile(buffering=0) as file:
        got = file.write(bytes(4096))
except OSError:
    got = 0"""
    assert run_cell(sandbox, source) == 0
    assert run_cell(UNGUARDED, source) == 4096


@pytest.mark.parametrize("sandbox", ["bubblewrap"], indirect=True)  # a container has the files of its image
def test_there_is_nothing_to_see_but_python(sandbox: Sandbox) -> None:
    around = {str(folder) for path in readable() for folder in path.parents}  # of a checkout in /home or /tmp
    assert {*run_cell(sandbox, WALK)} <= around
    assert "/usr/bin" in run_cell(UNGUARDED, WALK)


@STRONG
def test_threads_are_counted(sandbox: Sandbox) -> None:
    assert run_cell(sandbox, MANY_THREADS) <= LIMITS.threads
    assert run_cell(UNGUARDED, MANY_THREADS) == 2_000


def test_no_capability_stays() -> None:
    source = """
fields = dict(line.split(":\\t") for line in open("/proc/self/status").read().splitlines())
got = [int(fields[name], 16) for name in ("CapPrm", "CapEff", "NoNewPrivs", "Seccomp")]"""
    assert run_cell(Sandbox("weak", LIMITS), source) == [0, 0, 1, 2]
    if os.geteuid() == 0:
        assert run_cell(UNGUARDED, source)[0] > 0


def test_memory_is_limited(sandbox: Sandbox) -> None:
    source = "got = len(bytearray(700 << 20))"
    assert "MemoryError" in run_cell(sandbox, source)
    # A kernel that is busy needs a second of its own for so many pages, and they count.
    patient = replace(LIMITS, cell_seconds=10, seconds=30, memory=4 << 30)
    assert run_cell(replace(sandbox, limits=patient), source) == 700 << 20


@pytest.mark.parametrize("name", HONEST)
def test_what_honest_answers_need_is_there(sandbox: Sandbox, name: str) -> None:
    if name in ("numpy", "matplotlib"):
        pytest.importorskip(name)
    assert run_cell(replace(sandbox, limits=Limits()), HONEST[name]) is True


# --- time -----------------------------------------------------------------------------------------------------------


def test_time_is_that_of_the_processor(sandbox: Sandbox) -> None:
    outcome = report(sandbox, "while True: pass")
    assert outcome.errors == {"a": "took longer than 1 s"}
    assert not outcome.wall_hit
    deaf = "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass"
    stubborn = report(sandbox, deaf)
    if sandbox.isolation != "container":
        assert stubborn.ended == "stopped after 3 s of the processor"
        assert 1 < outcome.cpu_seconds < 3 < stubborn.cpu_seconds + 1


def test_threads_that_spin_count_while_the_cell_waits_for_them(sandbox: Sandbox) -> None:
    outcome = report(sandbox, SPINNERS + "import threading\nthreading.enumerate()[-1].join()")
    assert outcome.errors == {"a": "took longer than 1 s"}


SLEEPERS = {
    "a cell sleeps": "import time\ntime.sleep(600)",
    "it says that it waited": "import os\n"
    "for number in range(3, 20):\n"
    "    try:\n"
    "        os.write(number, b'{\"waited\": true}\\n')\n"
    "    except OSError:\n"
    "        pass\n",
}


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How many seconds on the wall each run of a sandbox was given."""
    runs: list[float] = []

    def counted(command: Command, job: Mapping[str, Any], seconds: float, most_bytes: int) -> Said:
        runs.append(seconds)
        return talk(command, job, seconds, most_bytes)

    monkeypatch.setattr("toyevm.teaching.grading.sandbox.talk", counted)
    return runs


@pytest.mark.parametrize("source", SLEEPERS.values(), ids=list(SLEEPERS))
def test_what_only_sleeps_is_ended_by_the_wall_and_not_tried_again(
    sandbox: Sandbox, source: str, runs: list[float]
) -> None:
    hasty = replace(sandbox, limits=replace(LIMITS, cell_wall_seconds=12))
    outcome = report(hasty, source)
    assert outcome.wall_hit
    assert outcome.cpu_seconds < 1.2
    is_counted = sandbox.isolation != "container" or "sleep" not in source
    assert runs == [LIMITS.wall_seconds] * (1 if is_counted else 2)


def test_what_may_have_been_starved_is_tried_again_alone_for_a_short_time(
    sandbox: Sandbox, runs: list[float]
) -> None:
    hasty = replace(sandbox, limits=replace(LIMITS, cell_seconds=3, seconds=5, cell_wall_seconds=0.5))
    outcome = report(hasty, "while True: pass")
    assert outcome.errors == {"a": "took longer than 0.5 s"}
    assert runs == [LIMITS.wall_seconds, 10]


def test_beside_one_that_runs_alone_no_other_begins() -> None:
    neighbours, began = Neighbours(), threading.Event()

    def beside() -> None:
        with neighbours.beside():
            began.set()

    with neighbours.alone():
        other = threading.Thread(target=beside)
        other.start()
        assert not began.wait(0.2)
    assert began.wait(10)
    other.join()


def test_an_honest_answer_beside_six_spinners_is_right(sandbox: Sandbox) -> None:
    limits = Limits(cell_seconds=4, cell_wall_seconds=90, seconds=20, wall_seconds=150)
    with ThreadPoolExecutor() as pool:
        spinning = [
            pool.submit(run_cell, replace(sandbox, limits=limits), SPINNERS + "while True: pass") for _ in range(2)
        ]
        time.sleep(0.5)
        honest = pool.submit(run_cell, replace(sandbox, limits=limits), BUSY, "answer")
        assert honest.result() == 8191
        assert [future.result() for future in spinning] == ["took longer than 4 s"] * 2


# --- what stays behind ----------------------------------------------------------------------------------------------

MARKER = """
from tests.teaching.grading.test_isolation import LIMITS, report
from toyevm.teaching.grading.sandbox import Sandbox
print("began", flush=True)
report(Sandbox("{isolation}", LIMITS), "import signal, time\\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\\n"
       "time.sleep(600)  # {word}")
"""


def test_a_marker_that_is_killed_takes_its_answers_along(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = MARKER.format(isolation=sandbox.isolation, word="toyevm-killed")
    environment = os.environ | {"TMPDIR": str(tmp_path), "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-c", source]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as marker:
        assert marker.stdout
        assert marker.stdout.readline() == "began\n"
        deadline = time.monotonic() + 20
        while not (children := _descendants(marker.pid)) and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1)
        children = _descendants(marker.pid)
        assert children
        marker.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    if sandbox.isolation == "bubblewrap":
        assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    remove_left_folders()  # what the next marker does first
    assert list(tmp_path.iterdir()) == []


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for word in path.read_text().split():
            found += [int(word), *_descendants(int(word))]
    return found


# --- which isolation ------------------------------------------------------------------------------------------------


def results() -> list[Any]:
    """What all cells get in the best sandbox here."""
    sandbox = open_sandbox([REPOSITORY / "solutions"], LIMITS)
    got = {name: run_cell(sandbox, source) for name, source in (ATTACKS | HONEST).items()}
    return [sandbox.isolation, got, run_cell(sandbox, FLOOD_FILES)]


def test_in_a_user_namespace_the_same_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """As another user, if there is a Python that this one may run; else root does what others do."""
    if complaint := bubblewrap.complaint():
        pytest.skip(complaint)
    if python := python_of_all():
        found = as_nobody(
            python, "from tests.teaching.grading.test_isolation import results; print(json.dumps(results()))"
        )
    else:
        monkeypatch.setattr("os.geteuid", lambda: 1_000)
        found = results()
    assert found == ["bubblewrap", dict.fromkeys(ATTACKS, False) | dict.fromkeys(HONEST, True), []]


@pytest.fixture
def without_isolation(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with neither bubblewrap nor an engine for containers."""
    monkeypatch.setattr("shutil.which", lambda name, **_: None)


@pytest.mark.usefixtures("without_isolation")
def test_without_isolation_nothing_runs_and_one_line_says_what_to_install() -> None:
    with pytest.raises(InputError, match=r"bwrap.*is not installed; podman and docker are not") as caught:
        open_sandbox([])
    assert "apt-get install bubblewrap" in str(caught.value)
    assert "podman" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.usefixtures("without_isolation")
@pytest.mark.parametrize("user", [0, 1000])
def test_weak_isolation_is_for_who_asks_and_is_not_root(monkeypatch: pytest.MonkeyPatch, user: int) -> None:
    monkeypatch.setattr("os.geteuid", lambda: user)
    if user:
        assert open_sandbox([], weak=True).isolation == "weak"
    else:
        with pytest.raises(InputError, match="refused to root"):
            open_sandbox([], weak=True)


def test_a_bubblewrap_that_does_not_work_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho bwrap: setting up uid map: Permission denied >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match=r"setting up uid map.*bwrap-userns-restrict"):
        open_sandbox([])


def test_secrets_that_can_be_read_inside_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if complaint := bubblewrap.complaint():
        pytest.skip(complaint)
    (tmp_path / "marking.toml").write_text("8191")
    tmp_path.chmod(0o755)
    monkeypatch.setattr(container, "complaint", lambda: "no container")
    assert open_sandbox([tmp_path]).isolation == "bubblewrap"
    monkeypatch.setattr(bubblewrap, "readable", lambda readable=bubblewrap.readable: [*readable(), tmp_path.resolve()])
    with pytest.raises(InputError, match="bubblewrap does not hide"):
        open_sandbox([tmp_path])


def test_temporary_files_of_ours_do_not_stay(sandbox: Sandbox) -> None:
    before = set(Path(tempfile.gettempdir()).glob("toyevm-marking-*"))
    run_cell(sandbox, "got = 1")
    assert set(Path(tempfile.gettempdir()).glob("toyevm-marking-*")) <= before
    assert survivors("toyevm-left-behind") == []
