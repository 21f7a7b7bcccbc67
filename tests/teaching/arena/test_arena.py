"""The arena: a good, a slow, a wrong and many hostile schedulers, and what becomes of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from toyevm.errors import InputError
from toyevm.teaching.arena import ArenaRow, Bout, Foul, play, read_move, read_suite
from toyevm.teaching.arena import talk as talking
from toyevm.teaching.arena.moves import CoreMove
from toyevm.teaching.arena.talk import LIMITS
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


WRONG = starter("chains").replace(b'return ("commit",)', b'return ("commit unchecked",)')
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


@pytest.mark.parametrize("source", [WRONG, NO_CARE], ids=["almost right", "without care"])
def test_a_wrong_root_is_convicted_to_one_opcode(sandbox: Sandbox, source: bytes) -> None:
    row = one(sandbox, source, Bout("amm-swap", 12, 4))
    assert row.verdict.startswith("wrong root: the dispute convicts transaction 1, micro-step ")
    assert "SLOAD read 10,000,000" in row.verdict
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


@pytest.mark.parametrize(
    "line", [b"", b"3", b"[]", b'{"do": 3}', b'{"do": "run"}', b'{"do": "run", "tx": 1.0}', b'{"do": "run", "tx": 9}']
)
def test_what_is_no_move_is_a_foul(line: bytes) -> None:
    with pytest.raises(Foul):
        read_move(line, 9)
    assert read_move(b'{"do": "commit unchecked"}', 9) == CoreMove("commit unchecked")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "suite.json"), ("[]", "no list of bouts"), ("{}", "no list of bouts"), ("[3]", "no bout"),
        ('[{"workload": "moon"}]', "unknown workload"), ('[{"workload": "mixed", "cores": 0}]', "cores 0"),
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
