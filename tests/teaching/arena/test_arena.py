"""The arena: a good, a slow, a wrong and many hostile schedulers, and what becomes of each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from toyevm.backends import RunConfig
from toyevm.backends.simulated import simulation_of
from toyevm.errors import InputError
from toyevm.teaching.arena import ArenaRow, Bout, Foul, play, read_move, read_suite
from toyevm.teaching.arena import talk as talking
from toyevm.teaching.arena.moves import CoreMove
from toyevm.teaching.arena.talk import LIMITS
from toyevm.teaching.arena.told import ToldExecution
from toyevm.teaching.grading.sandbox import Limits, Sandbox, open_sandbox
from toyevm.teaching.lab.course import student_files

ROOT = Path(__file__).parents[3]
PLACES = {"in_order": "course", "chains": "solutions"}
MIXED, GAME = Bout("mixed", 20, 4), Bout("game-pull", 40, 8, 506)


@pytest.fixture(scope="module")
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    try:
        return open_sandbox([], LIMITS)
    except InputError as error:
        pytest.skip(str(error))


def starter(name: str) -> bytes:
    return (ROOT / PLACES[name] / "capstone" / "scheduler" / f"{name}.py").read_bytes()


def one(sandbox: Sandbox, source: bytes | str, bout: Bout = MIXED) -> ArenaRow:
    (row,) = play(source.encode() if isinstance(source, str) else source, [bout], sandbox)
    return row


def test_a_good_scheduler_beats_block_stm_where_people_meet(sandbox: Sandbox) -> None:
    row = one(sandbox, starter("chains"), GAME)
    assert row.verdict == "right"
    assert row.score > 1.1
    assert (row.executions, row.helped) == (1, 0)
    assert row == one(sandbox, starter("chains"), GAME)  # the same scheduler gives the same row


def test_a_slow_scheduler_is_right_and_as_fast_as_one_core(sandbox: Sandbox) -> None:
    row = one(sandbox, starter("in_order"))
    assert row.verdict == "right"
    assert 0.9 < row.speedup <= 1
    assert row.score < 0.5


WRONG = (
    starter("chains")
    .replace(b'return ("commit",)', b'return ("commit unchecked",)')
    .replace(
        b"= 21_000",
        b"= 40_000",  # it begins too early, and takes it for early enough
    )
)
NO_CARE = b"""
class Scheduler:
    def __init__(self, block, cores):
        self.left, self.ran = list(range(len(block))), set()

    def next(self, core, now, head, news):
        self.ran |= {event["tx"] for event in news if event["what"] == "ran"}
        if head in self.ran:
            return ("commit unchecked",)
        return ("run", self.left.pop(0)) if self.left else ("wait",)
"""


@pytest.mark.parametrize(("source", "tx"), [(WRONG, 2), (NO_CARE, 1)], ids=["almost right", "without care"])
def test_a_wrong_root_is_convicted_to_one_opcode(sandbox: Sandbox, source: bytes, tx: int) -> None:
    row = one(sandbox, source, Bout("amm-swap", 12, 4))
    assert row.verdict.startswith(f"wrong root: the dispute convicts transaction {tx}, micro-step ")
    assert "SLOAD read 10,00" in row.verdict
    assert row.speedup == row.score == 0


def test_unchecked_is_right_where_nobody_meets(sandbox: Sandbox) -> None:
    assert one(sandbox, NO_CARE, Bout("ether", 12, 4)).verdict == "right"


def test_what_may_not_be_in_the_block_ends_the_bout(sandbox: Sandbox) -> None:
    backwards = NO_CARE.replace(b"self.left.pop(0)", b"self.left.pop()")
    row = one(sandbox, backwards, Bout("election-plain", 10, 4))
    assert not row.is_right
    assert row.score == 0


HEAD = "class Scheduler:\n    def __init__(self, block, cores):\n        self.n = len(block)\n"
NEXT = HEAD + "    def next(self, core, now, head, news):\n"
HOSTILE = {
    "nothing": ("", "KeyError"),
    "no Python": ("class", "SyntaxError"),
    "fails at once": ("1 / 0", "ZeroDivisionError"),
    "fails later": (NEXT + "        return 1 / 0", "ZeroDivisionError"),
    "no move": (NEXT + "        return ('win',)", "no move"),
    "a transaction that is not there": (NEXT + "        return ('run', self.n)", "no move"),
    "a number that is none": (NEXT + "        return ('run', True)", "no move"),
    "a negative number": (NEXT + "        return ('run', -1)", "no move"),
    "leaves": (NEXT + "        import os; os._exit(0)", "it has ended"),
    "reads the suite": (NEXT + "        return (open('/etc/passwd').read(),)", "FileNotFoundError"),
    "starts a process": (NEXT + "        import os; os.fork(); return ('wait',)", "it failed"),
    "opens a socket": (NEXT + "        import socket; socket.socket(); return ('wait',)", "it failed"),
    "says too much": (NEXT + "        return ('x' * 10**6,)", "a line of more than"),
    "writes on every file": (
        NEXT + "        import os\n        for n in range(64):\n            try: os.write(n, b'z' * 5000)\n"
        "            except OSError: pass\n        return ('wait',)",
        "a line of more than",
    ),
    "claims that it has won": (
        NEXT + "        import os\n        for n in range(64):\n"
        "            try: os.write(n, b'{\"speedup\": 99, \"verdict\": \"right\"}\\n')\n"
        "            except OSError: pass\n        return ('wait',)",
        "no move",
    ),
    "runs one again and again": (NEXT + "        return ('run', head)", "moves for each transaction"),
    "looks again and again": (NEXT + "        return ('commit',)", "moves for each transaction"),
    "takes all memory": (NEXT + "        return (bytes(8 << 30),)", "MemoryError"),
    "nests": (NEXT + "        x = []\n        for _ in range(900): x = [x]\n        return (x,)", "foul"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_scheduler_wins_nothing(sandbox: Sandbox, name: str) -> None:
    source, why = HOSTILE[name]
    row = one(sandbox, source)
    assert row.verdict.startswith("foul: ")
    assert why in row.verdict
    assert row.score == row.speedup == 0
    assert len(row.verdict) < 500


SLEEPERS = {"it sleeps": "import time; time.sleep(600)", "it spins": "\n        while True: pass"}


@pytest.mark.parametrize("name", SLEEPERS)
def test_who_does_not_answer_is_not_waited_for(sandbox: Sandbox, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talking, "ANSWER_SECONDS", 1.0)
    row = one(sandbox, NEXT + f"        {SLEEPERS[name]}\n        return ('wait',)")
    assert row.verdict == "foul: it did not answer in time"


def test_who_uses_up_the_processor_is_ended(sandbox: Sandbox) -> None:
    short = Sandbox(sandbox.isolation, Limits(seconds=2, wall_seconds=60))
    row = one(short, NEXT + "        while True: pass")
    assert row.verdict == "foul: it has ended, or used up its time"


def test_who_only_waits_is_helped_and_gets_one_cores_speed(sandbox: Sandbox) -> None:
    row = one(sandbox, NEXT + "        return ('wait',)")
    assert row.verdict == "right"
    assert row.helped == 2 * MIXED.transactions
    assert row.speedup <= 1


@pytest.mark.parametrize("other", [CoreMove("wait", until=10**9), CoreMove("wait")], ids=["until a time", "for news"])
def test_a_core_can_wait_until_a_time_or_until_something_happens(other: CoreMove) -> None:
    asked: list[tuple[int, int]] = []

    def ask(question: dict[str, Any]) -> CoreMove:
        core, now, news = question["core"], question["now"], question["news"]
        asked.append((core, now))
        if core == 1:
            return other  # it is woken by each run; nobody has to help, since core 0 will go on
        if now < 5_000:
            return CoreMove("wait", until=5_000)
        has_run = any(event["what"] == "ran" for event in news)
        return CoreMove("commit") if has_run else CoreMove("run", question["head"])

    execution = told(Bout("ether", 3, 2), ask)
    assert asked[:3] == [(0, 0), (1, 0), (0, 5_000)]
    assert 1 < sum(core == 1 for core, _ in asked) <= 7  # three runs, three commits
    assert execution.helped == 0


Question = dict[str, Any]


def told(bout: Bout, moves: Callable[[Question], CoreMove]) -> ToldExecution:
    """Play a bout by a function in this process."""
    workload = bout.build()
    execution = ToldExecution(simulation_of(workload.pre, workload.block, RunConfig(workload.chain, bout.cores)), moves)
    execution.simulation.run(execution.strategy())
    return execution


def test_what_is_being_made_final_is_not_run_again() -> None:
    """Its writes would be published behind those that are final, and make all that read them stale for ever."""
    heard: list[tuple[str, int]] = []
    tried: set[int] = set()

    def ask(question: Question) -> CoreMove:
        heard.extend((event["what"], event["tx"]) for event in question["news"])
        head = question["head"]
        has_run = ("ran", head) in heard
        if question["core"] == 0:
            return CoreMove("commit") if has_run else CoreMove("run", head)
        if has_run and head not in tried:  # core 0 makes it final at this moment
            tried.add(head)
            return CoreMove("run", head)
        return CoreMove("wait")

    execution = told(Bout("amm-swap", 4, 2), ask)
    assert tried
    assert dict(execution.runs) == dict.fromkeys(range(4), 1)
    assert not [tx for what, tx in heard if what == "stale"]


def test_a_run_that_read_too_early_is_stale_and_runs_again() -> None:
    heard: list[tuple[str, int]] = []

    def ask(question: Question) -> CoreMove:
        heard.extend((event["what"], event["tx"]) for event in question["news"])
        head, core = question["head"], question["core"]
        if question["now"] == 0:
            return CoreMove("run", core)
        if core == 1 or ("ran", head) not in heard:
            return CoreMove("wait")
        runs, stale = heard.count(("ran", head)), heard.count(("stale", head))
        return CoreMove("commit") if runs > stale else CoreMove("run", head)

    execution = told(Bout("amm-swap", 2, 2), ask)
    assert ("stale", 1) in heard
    assert dict(execution.runs) == {0: 1, 1: 2}


def test_a_time_that_has_passed_is_no_wait_at_all() -> None:
    execution = told(Bout("ether", 2, 2), lambda question: CoreMove("wait", until=0))
    assert execution.helped > 0


def test_a_transaction_is_run_so_often_and_no_more() -> None:
    with pytest.raises(Foul, match="transaction 0 was run more than 64 times"):
        told(Bout("ether", 40, 1), lambda question: CoreMove("run", 0))


def test_each_event_is_told_once() -> None:
    heard: list[tuple[str, int]] = []

    def ask(question: dict[str, Any]) -> CoreMove:
        heard.extend((event["what"], event["tx"]) for event in question["news"])
        return CoreMove("wait")

    told(Bout("ether", 3, 4), ask)
    assert heard == [(what, tx) for tx in range(3) for what in ("ran", "final")][: len(heard)]
    assert len(heard) >= 5  # nobody is asked after the last


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"3",
        b"[]",
        b'{"do": 3}',
        b'{"do": "run"}',
        b'{"do": "run", "tx": 1.0}',
        b'{"do": "run", "tx": 9}',
        b'{"do": "wait", "until": -1}',
        b'{"do": "wait", "until": true}',
        b'{"do": "wait", "until": 1e3}',
        b'{"do": "commit", "until": 5}',
        b'{"do": "wait", "until": 1000000000000001}',
    ],
)
def test_what_is_no_move_is_a_foul(line: bytes) -> None:
    with pytest.raises(Foul):
        read_move(line, 9)
    assert read_move(b'{"do": "wait", "until": 7}', 9) == CoreMove("wait", until=7)
    assert read_move(b'{"do": "commit unchecked"}', 9) == CoreMove("commit unchecked")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "suite.json"), ("[]", "no list of bouts"), ("{}", "no list of bouts"), ("[3]", "no bout"),
        ('[{"workload": "moon"}]', "unknown workload"), ('[{"workload": ["mixed"]}]', "unknown workload"),
        ('[{"workload": "mixed", "seed": 1.5}]', "seed 1.5"), ('[{"workload": "mixed", "cores": 0}]', "cores 0"),
        ('[{"workload": "mixed", "transactions": true}]', "transactions True"),
        ('[{"workload": "mixed", "x": 1}]', "no bout"),
    ],
)  # fmt: skip
def test_what_is_no_suite_is_one_line(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "suite.json"
    path.write_text(text)
    with pytest.raises(InputError, match=what):
        read_suite(path)


def test_the_hidden_suite_is_one_and_students_do_not_get_it() -> None:
    assert len(read_suite(ROOT / "solutions" / "capstone" / "scheduler" / "suite.json")) >= 8
    names = [name for name, _ in student_files(ROOT / "course")]
    assert "course/capstone/scheduler/in_order.py" in names
    assert not any("chains" in name or "suite" in name for name in names)
