"""Every way to earn marks without knowing the answers that we could think of, and what it earns."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.teaching.grading.folder import grade_folder
from tests.teaching.grading.processes import as_nobody, python_of_all, survivors
from tests.teaching.grading.sample import FULL, HONEST, ITEMS, NAME, PROGRAM, SECRET, fill, place
from toyevm.teaching.grading.attacks import ATTACKS, AttackOutcome, check_isolation
from toyevm.teaching.grading.attacks.check import SHORT, cells_of
from toyevm.teaching.grading.attacks.reading import (
    DERIVE,
    DERIVED,
    FIND_DERIVATIONS,
    FIND_TURNS,
    LEAVE_KEYS,
    READ_CHECKOUT,
    READ_MARKING,
)
from toyevm.teaching.grading.quoting import LONGEST_LINE
from toyevm.teaching.grading.referee import Sources, rule_on_programs
from toyevm.teaching.grading.ruling import NOT_SEEN
from toyevm.teaching.grading.sandbox import Sandbox, open_sandbox
from toyevm.teaching.lab.items import read_items
from toyevm.teaching.lab.judges import judge, public_cases

pytestmark = pytest.mark.usefixtures("marker")


def hand_in(folder: Path, sample: Path, release: Path, names: list[str]) -> Path:
    for name in names:
        place(folder, name, fill(release, HONEST | cells_of(ATTACKS[name], str(sample))))
    return folder


@pytest.fixture(scope="module")
def outcomes() -> dict[str, AttackOutcome]:
    """All attacks, marked as best as this machine can."""
    return {outcome.attack: outcome for outcome in check_isolation(open_sandbox([]), jobs=4)}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_earns_exactly_the_marks_it_should(outcomes: dict[str, AttackOutcome], name: str) -> None:
    assert outcomes[name].got == outcomes[name].expected, [mark.message for mark in outcomes[name].marks]


def test_every_lost_mark_has_a_reason_and_none_is_a_fault(outcomes: dict[str, AttackOutcome]) -> None:
    marks = [mark for outcome in outcomes.values() for mark in outcome.marks]
    assert [mark for mark in marks if mark.points < mark.max and not mark.message] == []
    assert [mark for mark in marks if mark.fault] == []
    assert all(mark.message.isprintable() and len(mark.message) <= LONGEST_LINE for mark in marks)


def test_no_child_or_file_outlives_the_marking(outcomes: dict[str, AttackOutcome]) -> None:
    assert survivors("toyevm-left-behind") == []
    assert not Path("/tmp/toyevm-pickle-bomb").exists()


def test_every_outcome_names_its_isolation(outcomes: dict[str, AttackOutcome]) -> None:
    assert {outcome.isolation for outcome in outcomes.values()} <= {"bubblewrap", "container"}


AS_NOBODY = """
from toyevm.teaching.grading.attacks import check_isolation
from toyevm.teaching.grading.sandbox import open_sandbox
outcomes = check_isolation(open_sandbox([]), NAMES)
print(json.dumps({outcome.attack: [outcome.isolation, outcome.expected, outcome.got] for outcome in outcomes}))
"""
SOME = random.Random(17).sample(sorted(ATTACKS), 12)


@pytest.mark.parametrize("names", [SOME, pytest.param(list(ATTACKS), marks=pytest.mark.whole)], ids=["some", "all"])
def test_as_a_user_who_is_not_root_the_same_marks_are_earned(names: list[str]) -> None:
    if (python := python_of_all()) is None:
        pytest.skip("no Python here that another user may run")
    outcomes = as_nobody(python, AS_NOBODY.replace("NAMES", repr(names)))
    assert set(names) <= set(outcomes)
    assert {name: got for name, (_, _, got) in outcomes.items()} == {
        name: expected for name, (_, expected, _) in outcomes.items()
    }
    assert {isolation for isolation, _, _ in outcomes.values()} == {"bubblewrap"}


# --- the guards bite: without them, the forgeries work --------------------------------------------------------------


PARTS = (("course", "items.toml"), ("solutions", "marking.toml"))


UNGUARDED = Sandbox("weak", SHORT, child="tests.teaching.grading.unguarded")


# Those that can be let loose here: they take what they find, and clean up.
LET_LOOSE = [
    "reads the marking", "reads the marker's memory", "reads the checkout", "shows the solutions with git",
    "finds what derives a value", "reaches the network", "floods memory that is no process's", "floods folders",
    "changes its parent's limits", "forks and begins a session", "takes a key from the session",
    "takes a key from the user", "takes shared memory", "finds it in files",
]  # fmt: skip


@pytest.fixture(scope="module")
def let_loose() -> dict[str, AttackOutcome]:
    return {outcome.attack: outcome for outcome in check_isolation(UNGUARDED, LET_LOOSE)}


@pytest.mark.parametrize("name", LET_LOOSE)
def test_without_a_guard_the_attack_works(let_loose: dict[str, AttackOutcome], name: str) -> None:
    if "key" in name and not there_are_keyrings():
        pytest.skip("no keyrings in this container")
    assert not let_loose[name].holds, let_loose[name].got


def there_are_keyrings() -> bool:
    return isinstance(run_cell(UNGUARDED, LEAVE_KEYS, "key"), int) and run_cell(UNGUARDED, LEAVE_KEYS, "key") > 0


def run_cell(sandbox: Sandbox, source: str, answer: str) -> Any:
    """Return what one cell's variable arrives as, or the reason why it does not."""
    outcome = sandbox.run([{"cell": "a", "source": source}, {"item": "x", "answer": answer, "calls": None}])
    found = outcome.answers.get("x", {})
    return json.loads(found["value"]) if "value" in found else outcome.errors.get("a") or outcome.ended


@pytest.fixture
def best(sample: Path) -> Sandbox:
    return open_sandbox([sample / "solutions"], SHORT)


def test_the_marking_is_read_only_without_isolation(sample: Path, best: Sandbox) -> None:
    source = READ_MARKING.replace("ROOT", repr(str(sample))).replace("NAME", NAME)
    assert run_cell(UNGUARDED, source, "my_number") == SECRET
    assert run_cell(best, source, "my_number") == 0


def test_the_checkout_is_read_only_without_isolation(best: Sandbox) -> None:
    assert run_cell(UNGUARDED, READ_CHECKOUT, "my_number") == SECRET
    assert run_cell(best, READ_CHECKOUT, "my_number") == 0


def test_what_is_derived_at_home_cannot_be_derived_while_marking(repository: Path, tmp_path: Path) -> None:
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
    rows = grade_folder(tmp_path, lesson, 1)
    derived = {row["item"]: row for row in rows if row["item"] in DERIVED}
    assert {item: row["points"] for item, row in derived.items()} == dict.fromkeys(DERIVED, 0)
    assert all("KeyError: 'derive'" in row["message"] for row in derived.values())


def test_derivations_are_found_only_without_isolation(best: Sandbox) -> None:
    assert run_cell(best, FIND_DERIVATIONS, "found") == []
    assert run_cell(UNGUARDED, FIND_DERIVATIONS, "found")[0] == "imported"


def test_a_lesson_imports_but_what_its_turns_say_is_found_only_without_isolation(best: Sandbox) -> None:
    assert run_cell(best, FIND_TURNS, "found") == ["conflict_view.py", "conflict_view.py"]
    assert "imported" in run_cell(UNGUARDED, FIND_TURNS, "found")


def test_a_long_program_is_judged_by_what_it_does(sample: Path) -> None:
    long = "PUSH @a\n" * 2_400 + "a: JUMPDEST"
    sources = Sources(sample / "course" / NAME / "items.toml", sample / "solutions" / NAME / "marking.toml")
    rulings = rule_on_programs(sources, {"double": long}, Sandbox("bubblewrap"))
    assert "ended with *stack" in rulings["double"].message


def test_after_a_slow_program_the_next_is_judged(repository: Path) -> None:
    lesson = "01-the-machine"
    sources = Sources(*(repository / part / lesson / name for part, name in PARTS))
    items = [name for name, item in sources.read().items.exercises.items() if item.judge == "program"][:3]
    namespace: dict[str, Any] = {}
    exec(ATTACKS["program that keeps the machine busy"].cells["double"], namespace)
    answers = {items[0]: "PUSH1 1", items[1]: namespace["my_program"], items[2]: "PUSH1 1"}
    rulings = rule_on_programs(sources, answers, Sandbox("bubblewrap", SHORT))
    assert [rulings[item].points for item in items] == [0, 0, 0]
    assert ["took longer" in rulings[item].message for item in items] == [False, True, False]


def test_a_program_that_is_slow_on_a_hidden_case_alone_is_not_told_so(sample: Path) -> None:
    sources = Sources(sample / "course" / NAME / "items.toml", sample / "solutions" / NAME / "marking.toml")
    hidden = [case.given["input"] for case in sources.read().cases("double")][-1]
    assert hidden == [0]
    namespace: dict[str, Any] = {}
    exec(ATTACKS["program that keeps the machine busy"].cells["double"], namespace)
    slow = namespace["my_program"]
    slow += slow[slow.index("  PUSH1 32") :] * 3
    sly = f"PUSH1 0 CALLDATALOAD PUSH @honest JUMPI {slow} honest: JUMPDEST {PROGRAM.split(chr(34))[1]}"
    (ruling,) = rule_on_programs(sources, {"double": sly}, Sandbox("bubblewrap", SHORT)).values()
    assert (ruling.points, ruling.message, ruling.fault) == (0, NOT_SEEN, "")


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
    notebook = fill(release, HONEST | cells_of(ATTACKS[name], str(sample)))
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    command = [sys.executable, "-c", NAIVE, str(repository), str(sample)]
    done = subprocess.run(command, input=json.dumps(cells), capture_output=True, text=True, check=True, timeout=60)
    return int(done.stdout.split()[-1])


@pytest.mark.parametrize("name", ["patched judge", "reads the marking"])
def test_marking_where_the_answers_run_gives_marks_away(
    sample: Path, release: Path, repository: Path, name: str
) -> None:
    assert naive_points(sample, release, repository, "honest") == sum(FULL)
    assert naive_points(sample, release, repository, name) > sum(ATTACKS[name].marks)


def test_a_fork_bomb_is_not_waited_for(sample: Path, release: Path, tmp_path: Path) -> None:
    folder = hand_in(tmp_path, sample, release, ["fork bomb"])
    began = time.monotonic()
    rows = grade_folder(folder, NAME, 1, root=sample, limits=SHORT)
    assert time.monotonic() - began < 3 * SHORT.wall_seconds
    assert [row["item"] for row in rows] == [*ITEMS, "total"]
