"""Taking a trick away changes what is compiled, and never what is computed; otherwise its number means nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tests.bench import ablation
from tests.bench.ablation import (
    ABLATIONS,
    Patch,
    Variant,
    helper_loop,
    nothing,
    patience,
    storage_loop,
    times_as_long,
)
from toyevm.assembler import assemble
from toyevm.vm import compiler
from toyevm.workloads import programs as p
from toyevm.workloads.programs import FORK, Program

FOLDED = Program("folded", assemble("PUSH 90 loop: JUMPDEST PUSH 1 PUSH 2 ADD POP " + p.COUNT_DOWN + " STOP", FORK))
SMALL = (
    p.arithmetic_loop(80),
    p.erc20_transfer(80),
    p.matrix_product(5),
    p.insertion_sort(16),
    p.many_calls(80),
    p.mulmod_memory(80),
    storage_loop(80),
    helper_loop(80),
    FOLDED,
)


def compiled(trick: Callable[[Patch], None] | None) -> set[str]:
    """Return the source of everything that is compiled without the trick."""
    variant = Variant(trick)
    for program in SMALL:
        variant.run(program)
    return {code.blocks[fork][pc].source for code, fork, pc in variant.cache.functions}


@pytest.mark.parametrize("trick", ABLATIONS)
def test_taking_any_trick_away_changes_what_is_compiled(trick: Callable[[Patch], None]) -> None:
    assert (compiled(trick) == compiled(None)) == (trick is nothing)


def test_every_trick_is_back_after_its_ablation() -> None:
    before = compiled(None)
    for trick in ABLATIONS:
        compiled(trick)
    assert compiled(None) == before


@pytest.mark.parametrize("program", [*SMALL, p.one_shot(400)], ids=lambda program: program.name)
def test_no_trick_changes_the_outcome(program: Program) -> None:
    ratios = times_as_long(program, ABLATIONS, repeats=1)
    assert len(ratios) == len(ABLATIONS)
    assert min(ratios) > 0


def test_a_wrong_outcome_is_refused() -> None:
    def wrong(patch: Patch) -> None:
        patience(patch)
        patch.setitem(compiler.WORDS, "ADD", "({0} + {1} + 1) & M")

    with pytest.raises(AssertionError, match="arithmetic loop"):
        times_as_long(p.arithmetic_loop(3), [wrong], repeats=1)


def test_every_chosen_trick_is_in_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    ablation.main(["--repeats", "1"], [partial(p.keccak_loop, 3), partial(p.whole_transactions, 1)])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[3:]] == [trick.__name__ for trick in ABLATIONS]
    assert lines[2].split() == ["keccak", "geo.", "mean"]
    ablation.main(["--repeats", "1", "--only", "loops"], [partial(p.keccak_loop, 3)])
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[3:]] == ["loops"]
