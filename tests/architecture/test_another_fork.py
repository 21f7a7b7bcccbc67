"""One fork more, with one opcode more, passes whatever takes the forks as they come; what should notice it, does."""

from __future__ import annotations

import subprocess
import sys

from .project import REPOSITORY

SUITES = ("tests/machine", "tests/teaching/kit", "tests/fuzz", "tests/cli")
# Tests with the fork in their name, and those that draw a fork or look at a whole table.
CHOSEN = (
    *("Pretend", "disassembly", "leave_no_gap", "random_bytes_end_in", "BLEND", "step_and_run_agree_on_random"),
    *("on_every_program and expressions", "on_every_program and mixed", "case_of_letters"),
)
ASK_FOR_A_DECISION = {
    "test_tier_1_leaves_to_tier_0_what_it_says_and_nothing_else",
    "test_every_opcode_has_words_that_somebody_wrote",
}


def test_a_new_opcode_is_noticed_only_by_those_who_ask_for_a_decision() -> None:
    expression = " or ".join(f"({one})" for one in (*CHOSEN, *ASK_FOR_A_DECISION))
    pytest_ = [sys.executable, "-m", "pytest", "-p", "tests.support.pretend", "-p", "no:cacheprovider", "-q", "-rf"]
    done = subprocess.run([*pytest_, *SUITES, "-k", expression], cwd=REPOSITORY, capture_output=True, text=True)
    *lines, summary = done.stdout.splitlines()
    failed = {line.split("::")[1].split()[0] for line in lines if line.startswith("FAILED ")}
    assert failed == ASK_FOR_A_DECISION, "\n".join(lines[-60:])
    assert "error" not in summary
    assert int(summary.split(" passed")[0].split()[-1]) >= 12
