"""Every way to earn marks without knowing the answers that we could think of, and what it earns."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.teaching.grading.forgeries import (
    DERIVE,
    DERIVED,
    FIND_DERIVATIONS,
    FIND_TURNS,
    FORGERIES,
    LEAVE_KEYS,
    READ_CHECKOUT,
    READ_MARKING,
    REFUSED_CALLS,
    cells_of,
    take_key,
)
from tests.teaching.grading.sample import FULL, HONEST, ITEMS, NAME, SECRET, fill, place
from toyevm.errors import InputError
from toyevm.teaching.grading import sandbox as sandbox_module
from toyevm.teaching.grading.folder import Row, grade_folder
from toyevm.teaching.grading.quoting import LONGEST_LINE
from toyevm.teaching.grading.referee import Sources, rule_on_programs
from toyevm.teaching.grading.ruling import Ruling
from toyevm.teaching.grading.sandbox import ISOLATIONS, Limits, Sandbox, open_sandbox
from toyevm.teaching.grading.seccomp import REFUSED, architecture
from toyevm.teaching.lab.items import read_items
from toyevm.teaching.lab.judges import judge, public_cases

# Short, so that what never ends does not take long; ample for honest answers on a busy machine. A program has seconds
# of the CPU, and either needs a hundredth of them or, if it is slow on purpose, some six times as many.
LIMITS = Limits(cell_seconds=3, seconds=10, memory=512 << 20, program_seconds=0.25)


def marks(rows: list[Row], student: str) -> tuple[int, ...]:
    return tuple(row["points"] for row in rows if row["student"] == student and row["item"] != "total")


def messages(rows: list[Row], student: str) -> list[str]:
    return [row["message"] for row in rows if row["student"] == student and row["points"] < row["max"]]


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


def hand_in(folder: Path, sample: Path, release: Path, names: list[str]) -> Path:
    for name in names:
        cells = HONEST | cells_of(FORGERIES[name], str(sample))
        place(folder, name, fill(release, cells))
    return folder


@pytest.fixture(scope="module")
def marked(sample: Path, release: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """All forgeries, handed in by one student each, marked as best as this machine can."""
    folder = hand_in(tmp_path_factory.mktemp("submitted"), sample, release, list(FORGERIES))
    return grade_folder(folder, NAME, 4, root=sample, limits=LIMITS)


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_earns_exactly_the_marks_it_should(marked: list[Row], name: str) -> None:
    assert marks(marked, name) == FORGERIES[name].marks, messages(marked, name)
    if FORGERIES[name].says:
        assert FORGERIES[name].says in messages(marked, name)[0]


def test_every_lost_mark_has_a_reason(marked: list[Row]) -> None:
    silent = [row for row in marked if row["points"] < row["max"] and row["item"] != "total" and not row["message"]]
    assert silent == []
    assert all(row["message"].isprintable() and len(row["message"]) <= LONGEST_LINE for row in marked)


def test_no_child_or_file_outlives_the_marking(marked: list[Row]) -> None:
    assert survivors("toyevm-left-behind") == []
    assert not Path("/tmp/toyevm-pickle-bomb").exists()


def test_every_row_names_its_isolation(marked: list[Row]) -> None:
    assert {row["isolation"] for row in marked} <= set(ISOLATIONS)


WITHOUT_BUBBLEWRAP = [
    "honest", "always equal", "patched judge", "reads the marking", "ends the process", "endless loop",
    "leaves a child behind", "fork bomb", "memory hog", "kills its parent", "program that keeps the machine busy",
    "accomplice who leaves keys", "takes a key from the session", "takes a key from the user", "reads the checkout",
]  # fmt: skip


@pytest.mark.parametrize("isolation", ["landlock", "limits"])
def test_a_machine_without_bubblewrap_gives_no_marks_away(
    sample: Path, release: Path, tmp_path: Path, isolation: str
) -> None:
    folder = hand_in(tmp_path, sample, release, WITHOUT_BUBBLEWRAP)
    rows = grade_folder(folder, NAME, 2, root=sample, limits=LIMITS, isolations=[isolation])
    assert {name: marks(rows, name) for name in WITHOUT_BUBBLEWRAP} == {
        name: FORGERIES[name].marks for name in WITHOUT_BUBBLEWRAP
    }
    assert {row["isolation"] for row in rows} == {isolation}
    assert survivors("toyevm-left-behind") == []


# --- the guards bite: without them, the forgeries work --------------------------------------------------------------


PARTS = (("course", "items.toml"), ("solutions", "marking.toml"))


def run_cell(sandbox: Sandbox, source: str, answer: str) -> Any:
    """Return what one cell's variable arrives as, or the reason why it does not."""
    outcome = sandbox.run([{"cell": "a", "source": source}, {"item": "x", "answer": answer, "calls": None}])
    found = outcome.answers.get("x", {})
    return json.loads(found["value"]) if "value" in found else outcome.errors.get("a") or outcome.ended


@pytest.fixture
def best(sample: Path) -> Sandbox:
    return open_sandbox([sample / "solutions"], LIMITS)


@pytest.fixture
def unguarded(best: Sandbox) -> Sandbox:
    """The same child, but nothing isolates it."""
    return Sandbox("none", best.readable, LIMITS)


def test_the_marking_is_read_only_without_isolation(sample: Path, best: Sandbox, unguarded: Sandbox) -> None:
    source = READ_MARKING.replace("ROOT", repr(str(sample))).replace("NAME", NAME)
    assert run_cell(unguarded, source, "my_number") == SECRET
    assert run_cell(best, source, "my_number") == 0


ONE_USER = 0x6000_0001


@pytest.fixture
def one_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """All answers run under one id, as they do when the marker is not root: so there is one user keyring."""
    monkeypatch.setattr(sandbox_module, "_new_user", lambda: ONE_USER)


@pytest.fixture(params=ISOLATIONS)
def isolated(request: pytest.FixtureRequest, sample: Path) -> Sandbox:
    """The sandbox of each isolation that works here."""
    try:
        return open_sandbox([sample / "solutions"], LIMITS, [request.param])
    except InputError:
        pytest.skip(f"{request.param} does not work here")


@pytest.mark.usefixtures("one_user")
@pytest.mark.parametrize("ring", ["session", "user"])
def test_an_answer_left_in_a_keyring_is_found_only_without_isolation(
    isolated: Sandbox, unguarded: Sandbox, ring: str
) -> None:
    take = take_key(ring, tries=1)
    if architecture() is None:
        pytest.skip("no filter for this system")
    assert run_cell(isolated, LEAVE_KEYS, "my_number") == SECRET
    assert run_cell(isolated, take, "my_number") == 0
    there_are_keyrings = run_cell(unguarded, LEAVE_KEYS, "key") > 0  # some containers have none
    assert run_cell(unguarded, take, "my_number") == (SECRET if there_are_keyrings else 0)
    assert run_cell(isolated, take, "my_number") == 0


def test_calls_that_no_answer_needs_are_refused_by_the_kernel(isolated: Sandbox) -> None:
    if (machine := architecture()) is None:
        pytest.skip("no filter for this system")
    calls = {name: numbers[machine.column] for name, numbers in REFUSED.items()}
    if machine.column == 0:
        calls |= {"getpid of x32": 0x4000_0000 + 39}
    assert run_cell(isolated, REFUSED_CALLS.replace("CALLS", repr(calls)), "answers") == dict.fromkeys(calls, True)


def test_the_checkout_is_read_only_without_isolation(isolated: Sandbox, unguarded: Sandbox) -> None:
    assert run_cell(unguarded, READ_CHECKOUT, "my_number") == SECRET
    assert run_cell(isolated, READ_CHECKOUT, "my_number") == 0


@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_what_is_derived_at_home_cannot_be_derived_while_marking(
    repository: Path, tmp_path: Path, isolation: str
) -> None:
    lesson, sources = "01-the-machine", {}
    items = read_items(repository / "course" / lesson / "items.toml")
    for item in DERIVED:
        answer = items.exercise(item).answer
        sources[answer] = DERIVE.replace("ANSWER", answer).replace("ITEM", item)
        at_home: dict[str, Any] = {}
        exec(sources[answer], at_home)
        assert judge(items.exercise(item), public_cases(items.exercise(item)), at_home[answer]).points
    notebook = json.loads((repository / "exercises" / lesson / f"{lesson}.ipynb").read_bytes())
    for cell in notebook["cells"]:
        name = "".join(cell["source"]).partition(" = ")[0]
        cell["source"] = sources.get(name, cell["source"])
    path = tmp_path / "ann" / lesson / f"{lesson}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(notebook))
    try:
        rows = grade_folder(tmp_path, lesson, 1, isolations=[isolation])
    except InputError:
        pytest.skip(f"{isolation} does not work here")
    derived = {row["item"]: row for row in rows if row["item"] in DERIVED}
    assert {item: row["points"] for item, row in derived.items()} == dict.fromkeys(DERIVED, 0)
    assert all("KeyError: 'derive'" in row["message"] for row in derived.values())


def test_derivations_are_found_only_without_isolation(isolated: Sandbox, unguarded: Sandbox) -> None:
    assert run_cell(isolated, FIND_DERIVATIONS, "found") == []
    assert run_cell(unguarded, FIND_DERIVATIONS, "found")[0] == "imported"


def test_a_lesson_imports_but_what_its_turns_say_is_found_only_without_isolation(
    isolated: Sandbox, unguarded: Sandbox
) -> None:
    assert run_cell(isolated, FIND_TURNS, "found") == ["conflict_view.py", "conflict_view.py"]
    assert "imported" in run_cell(unguarded, FIND_TURNS, "found")


def test_a_program_is_on_the_clock_from_its_first_letter_on(sample: Path) -> None:
    long = "PUSH @a\n" * 2_400 + "a: JUMPDEST"
    sources = Sources(sample / "course" / NAME / "items.toml", sample / "solutions" / NAME / "marking.toml")
    said = rule_on_programs(sources, {"double": long}, 5, 1 << 30)["double"].message
    assert "ended with *stack" in said
    slow = rule_on_programs(sources, {"double": long}, 0.001, 1 << 30)
    assert slow == {"double": Ruling(message="Running it took longer than 0.001 s.")}


def test_after_a_slow_program_the_next_is_judged(repository: Path) -> None:
    lesson = "01-the-machine"
    sources = Sources(*(repository / part / lesson / name for part, name in PARTS))
    items = [name for name, item in sources.read().items.exercises.items() if item.judge == "program"][:3]
    namespace: dict[str, Any] = {}
    exec(FORGERIES["program that keeps the machine busy"].cells["double"], namespace)
    answers = {items[0]: "PUSH1 1", items[1]: namespace["my_program"], items[2]: "PUSH1 1"}
    rulings = rule_on_programs(sources, answers, LIMITS.program_seconds, 1 << 30)
    assert [rulings[item].points for item in items] == [0, 0, 0]
    assert ["took longer" in rulings[item].message for item in items] == [False, True, False]


def test_a_background_child_survives_only_without_isolation(best: Sandbox, unguarded: Sandbox) -> None:
    source = """
import subprocess
try:
    pid = subprocess.Popen(["sleep", "600"], start_new_session=True).pid
except OSError:
    pid = 0
"""
    pid = run_cell(unguarded, source, "pid")
    os.kill(pid, 0)  # alive
    os.kill(pid, 9)
    assert run_cell(best, source.replace("600", "60031"), "pid") >= 0
    assert survivors("60031") == []


def test_the_network_is_reached_only_without_isolation(best: Sandbox, unguarded: Sandbox) -> None:
    listener = (
        "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); s.accept()"
    )
    with subprocess.Popen([sys.executable, "-c", listener], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        port = int(server.stdout.readline())
        source = f"""
import socket
try:
    socket.create_connection(("127.0.0.1", {port}), 1)
    reached = True
except OSError:
    reached = False
"""
        try:
            assert run_cell(best, source, "reached") is False
            assert run_cell(unguarded, source, "reached") is True
        finally:
            server.kill()


def test_the_limit_of_memory_holds(best: Sandbox) -> None:
    source = "taken = len(bytearray(700 << 20))"
    roomy = Sandbox(best.isolation, best.readable, Limits(memory=4 << 30), best.own_users)
    assert run_cell(roomy, source, "taken") == 700 << 20
    assert "MemoryError" in run_cell(best, source, "taken")


def test_the_limit_of_time_ends_a_sleeper(best: Sandbox) -> None:
    source = "import time\ntime.sleep(4)\nawake = True"
    patient = Sandbox(best.isolation, best.readable, Limits(cell_seconds=20), best.own_users)
    assert run_cell(patient, source, "awake") is True
    assert "longer than" in run_cell(best, source, "awake")


def test_processes_multiply_only_without_a_limit_or_a_guard(best: Sandbox, unguarded: Sandbox) -> None:
    source = """
import os, time
born = 0
try:
    while born < 40:
        if os.fork() == 0:
            time.sleep(3)
            os._exit(0)
        born += 1
except OSError:
    pass
"""
    loose = best if best.isolation == "bubblewrap" else unguarded  # elsewhere the guard refuses every fork
    many = Sandbox(loose.isolation, loose.readable, Limits(processes=10_000), loose.own_users)
    assert run_cell(many, source, "born") == 40
    assert run_cell(best, source, "born") < (LIMITS.processes if loose is best else 1)


NAIVE = """
import json, os, sys
os.environ["TOYEVM_MODE"] = "mark"
sys.path.insert(0, sys.argv[1])
os.chdir(sys.argv[2])
namespace, points = {}, 0
for source in json.load(sys.stdin):
    try:
        exec(source, namespace)
        if source.startswith("lab.check"):
            points += eval(source, namespace)
    except Exception:
        pass
print(points)
"""


def naive_points(sample: Path, release: Path, repository: Path, name: str) -> int:
    """Mark in the same process as the answers run in, as nbgrader does."""
    notebook = fill(release, HONEST | cells_of(FORGERIES[name], str(sample)))
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    command = [sys.executable, "-c", NAIVE, str(repository), str(sample)]
    done = subprocess.run(command, input=json.dumps(cells), capture_output=True, text=True, check=True, timeout=60)
    return int(done.stdout.split()[-1])


@pytest.mark.parametrize("name", ["patched judge", "reads the marking"])
def test_marking_where_the_answers_run_gives_marks_away(
    sample: Path, release: Path, repository: Path, name: str
) -> None:
    assert naive_points(sample, release, repository, "honest") == sum(FULL)
    assert naive_points(sample, release, repository, name) > sum(FORGERIES[name].marks)


def test_a_fork_bomb_is_not_waited_for(sample: Path, release: Path, tmp_path: Path) -> None:
    folder = hand_in(tmp_path, sample, release, ["fork bomb"])
    began = time.monotonic()
    rows = grade_folder(folder, NAME, 1, root=sample, limits=LIMITS)
    assert time.monotonic() - began < LIMITS.seconds + 3
    assert [row["item"] for row in rows] == [*ITEMS, "total"]
