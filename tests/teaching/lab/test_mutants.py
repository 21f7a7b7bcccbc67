"""Mutants are wrong in one small way, are what their words say, and come in the same order every time."""

from __future__ import annotations

import ast

import pytest

from tests.teaching.lab.mutants import function_mutants, program_mutants, value_mutants
from toyevm.assembler import assemble
from toyevm.errors import AssemblerError

PROGRAM = """
    PUSH0 CALLDATALOAD      ; [x]
    loop: JUMPDEST
    PUSH1 3  SWAP1  LT  push @end JUMPI
    DUP2 PUSH @loop JUMP
    end: JUMPDEST
"""


def changes(source: str) -> dict[str, str]:
    return {mutant.change: str(mutant.answer) for mutant in program_mutants(source)}


def test_every_kind_of_program_mutant_is_made() -> None:
    made = changes(PROGRAM)
    assert "SWAP1\nLT" in made["7: LT with operands exchanged"].replace("SWAP1\nSWAP1", "SWAP1")
    assert "\nGT\n" in made["7: LT becomes GT"]
    assert "PUSH1 4" in made["5: PUSH1 3 becomes PUSH1 4"]
    assert "PUSH1 2" in made["5: PUSH1 3 becomes PUSH1 2"]
    assert "SWAP2" in made["6: SWAP1 becomes SWAP2"]
    assert {"10: DUP2 becomes DUP1", "10: DUP2 becomes DUP3"} <= set(made)
    assert "JUMPI" not in made["9: JUMPI dropped"]
    assert "1: PUSH0 and CALLDATALOAD exchanged" in made


def test_no_mutant_is_the_program_itself() -> None:
    code = assemble(PROGRAM)
    for change, source in changes(PROGRAM).items():
        try:
            assert assemble(source) != code, change
        except AssemblerError:
            continue  # a jump to nowhere: found out at once


def test_every_mutant_has_its_own_name_and_the_order_is_fixed() -> None:
    made = [mutant.change for mutant in program_mutants(PROGRAM)]
    assert len(set(made)) == len(made)
    assert made == [mutant.change for mutant in program_mutants(PROGRAM)]


FUNCTION = '''
def f(xs, limit=10):
    """Return something."""
    total = 0
    for x in xs:
        if x > limit and not x == 12 or x in (1, 2):
            total += x * 3
    return total == 0 or True
'''


@pytest.mark.parametrize(
    "piece",
    ["x >= limit", "x < limit", "x != 12", "x not in (1, 2)", "total -= x * 3", "total += x + 3", "limit=11", "limit=9",
     "+(x == 12)", "x > limit or", "total = 1", "total = -1", "and False", "total == 0 or False", "x in (2, 1)"],
)  # fmt: skip
def test_every_kind_of_function_mutant_is_made(piece: str) -> None:
    made = [str(mutant.answer) for mutant in function_mutants(FUNCTION)]
    if piece == "and False":
        assert any("return total == 0 and True" in source for source in made)
    else:
        assert any(piece in source for source in made), made


def test_no_function_mutant_is_the_function_itself() -> None:
    original = ast.unparse(ast.parse(FUNCTION))
    made = [str(mutant.answer) for mutant in function_mutants(FUNCTION)]
    assert original not in made
    assert len(set(made)) == len(made)
    for source in made:
        compile(source, "<mutant>", "exec")


def test_no_value_mutant_is_the_value() -> None:
    answer = [[5], [5, 12], [12, 7, 12]]
    made = [mutant.answer for mutant in value_mutants(answer)]
    assert answer not in made
    assert [[5], [12, 5], [12, 7, 12]] in made
    assert [[5, 12], [5], [12, 7, 12]] in made
    assert [[5], [5, 12], [12, 8, 12]] in made
    assert list(value_mutants("SSTORE")) == []
