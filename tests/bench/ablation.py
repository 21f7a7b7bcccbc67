"""What is each trick of the compiler worth? Take it away, and measure everything again.

Every function below takes one optimisation out of `toyevm.vm.compiler`; its docstring says what happens instead. All
variants stay warm beside each other, each with compiled functions of its own, and take turns; what is printed is how
many times as long a program takes without the trick. A trick that buys nothing has no place in the compiler.

    python tests/bench/ablation.py [--repeats N] [--only TRICK ...]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from statistics import geometric_mean, median
from typing import Any

import pytest

from toyevm.assembler import assemble
from toyevm.bench.machine import cpu_time
from toyevm.bench.peers import CallOutcome, ToyEvm
from toyevm.bench.tiers import NEVER, CompileCache
from toyevm.vm import compiler
from toyevm.vm.compiler import Term
from toyevm.vm.opcodes import BY_NAME
from toyevm.workloads.programs import COUNT_DOWN, FORK, PROGRAMS, Program

Patch = pytest.MonkeyPatch
WARM_UPS = 3


def nothing(patch: Patch) -> None:
    """The control: how far from 1 is noise."""


def loops(patch: Patch) -> None:
    """A jump back to the start leaves the function, which is entered again."""

    class Writer(compiler._Writer):
        def jump(self, *arguments: Any) -> bool:
            self.start, start = -1, self.start
            try:
                return super().jump(*arguments)
            finally:
                self.start = start

    patch.setattr(compiler, "_Writer", Writer)


def jumps(patch: Patch) -> None:
    """A function ends with the first jump, unless that goes back to its start."""

    class Writer(compiler._Writer):
        def jump(self, row: Any, at: int, spent: int) -> bool:
            depth = row.pops
            target, rest = self.stack[-1].constant, self.rest(self.segment.total)
            is_back = target == self.start - 1 and len(self.stack) - depth == self.taken
            if target is None or target not in self.code.jump_targets or is_back:
                return super().jump(row, at, spent)
            operands = [self.stack.pop() for _ in range(depth)]
            if depth == 2:
                self.write(f"if {operands[1].text}:")
            self.leave(target, rest, depth=depth - 1)
            if depth == 2:
                self.leave(self.pc, rest)
            return True

    patch.setattr(compiler, "_Writer", Writer)


def usual_sides(patch: Patch) -> None:
    """A conditional jump is never followed to where it leads."""
    patch.setattr(compiler._Writer, "is_usual", lambda self, target: False)


def called_twice(patch: Patch) -> None:
    """No place is followed a second time, also when it is called from another one."""
    patch.setattr(compiler._Writer, "situation", lambda self, pc: pc)


def words_at_hand(patch: Patch) -> None:
    """Memory is nothing but bytes: each word is written down at once, and read from there."""

    class Writer(compiler._Writer):
        def access_memory(self, row: Any, at: int, spent: int) -> None:
            if row.name != "MSTORE":
                return super().access_memory(row, at, spent)
            offset, value = self.named(self.stack.pop()), self.named(self.stack.pop())
            self.ensure_memory(offset, 32, at, spent, (value, offset))
            self.write(f"{self.place('memory', offset, 32)} = {value.encoded}")
            return None

        def word_at(self, offset: Term, at: int, spent: int, operands: Any) -> Term:
            self.ensure_memory(offset, 32, at, spent, operands)
            return self.name(f"word({self.place('memory', offset, 32)})")

    patch.setattr(compiler, "_Writer", Writer)


def ranges(patch: Patch) -> None:
    """Hashes, copies and logs of a known length are left to tier 0, too."""
    patch.setattr(compiler, "MAX_RANGE", 0)


def warm_slots(patch: Patch) -> None:
    """SLOAD is left to tier 0, too, even of a warm slot."""
    _leave_to_tier_0(patch, "SLOAD")


def stores(patch: Patch) -> None:
    """SSTORE is left to tier 0, too: its operands go through the stack."""
    _leave_to_tier_0(patch, "SSTORE")


def _leave_to_tier_0(patch: Patch, name: str) -> None:
    class Writer(compiler._Writer):
        def instruction(self, row: Any, at: int, spent: int) -> None:
            if row.name == name:
                self.call_tier_0(row, at)
            else:
                super().instruction(row, at, spent)

    patch.setattr(compiler, "READS_STATE", compiler.READS_STATE | {name})
    patch.setattr(compiler, "ENDS_SEGMENT", compiler.ENDS_SEGMENT | {name})
    patch.setitem(compiler._NAMES, f"op_{name.lower()}", BY_NAME[name].run)
    patch.setattr(compiler, "_Writer", Writer)


def expressions(patch: Patch) -> None:
    """Every value gets a name at once: no expression holds another, but for comparisons."""
    original = compiler._Writer.push

    def push(self: Any, term: Term) -> None:
        original(self, term if term.is_name or term.opposite else self.name(term.text))

    patch.setattr(compiler._Writer, "push", push)


def truths(patch: Patch) -> None:
    """A comparison becomes 0 or 1 at once, also where only a branch asks for it."""
    original = compiler._Writer.push

    def push(self: Any, term: Term) -> None:
        original(self, self.name(term.word) if term.opposite else term)

    patch.setattr(compiler._Writer, "push", push)


def constants(patch: Patch) -> None:
    """What can be worked out while compiling is worked out while running."""

    class Writer(compiler._Writer):
        def compute(self, row: Any) -> None:
            if all(term.constant is not None for term in self.stack[-row.pops :]):
                self.stack[-1] = self.name(self.stack[-1].text)
            super().compute(row)

    patch.setattr(compiler, "_Writer", Writer)


def patience(patch: Patch) -> None:
    """Everything is compiled on its first visit."""
    patch.setattr(compiler, "HOT_AFTER", 0)


def tier_1(patch: Patch) -> None:
    """Nothing is compiled."""
    patch.setattr(compiler, "HOT_AFTER", NEVER)


ABLATIONS: tuple[Callable[[Patch], None], ...] = (
    nothing,
    loops,
    jumps,
    usual_sides,
    called_twice,
    words_at_hand,
    ranges,
    warm_slots,
    stores,
    expressions,
    truths,
    constants,
    patience,
    tier_1,
)


def helper_loop(count: int = 1_000) -> Program:
    """What compilers of old Solidity make: functions that call functions, and demands that go over code that fails."""
    source = f"""
            PUSH {count}
    loop:   JUMPDEST
            PUSH @a  PUSH 3 PUSH 4  PUSH @sum JUMP     a: JUMPDEST
            PUSH @b  SWAP1 PUSH 5  PUSH @sum JUMP      b: JUMPDEST  POP
            {COUNT_DOWN} STOP
    sum:    JUMPDEST  DUP2 DUP2 ADD  DUP2 DUP2 LT ISZERO PUSH @fine JUMPI  PUSH @fail JUMP
    fine:   JUMPDEST  SWAP2 POP POP  SWAP1 JUMP
    fail:   JUMPDEST  PUSH0 PUSH0 REVERT
    """
    return Program("helper loop", assemble(source, FORK))


def storage_loop(count: int = 1_000) -> Program:
    """What no program of the benchmark does: one slot is read and written again and again."""
    source = f"PUSH {count} loop: JUMPDEST PUSH0 SLOAD PUSH 3 ADD PUSH0 SSTORE {COUNT_DOWN} STOP"
    return Program("storage loop", assemble(source, FORK), storage={0: 1})


class Variant:
    """The machine without one trick (or with all of them), and the functions that it has compiled."""

    def __init__(self, ablation: Callable[[Patch], None] | None = None) -> None:
        self.ablation, self.cache, self.peer = ablation, CompileCache(), ToyEvm()

    @contextmanager
    def in_use(self) -> Iterator[None]:
        with self.cache.in_use(), Patch.context() as patch:
            if self.ablation:
                self.ablation(patch)
            yield

    def run(self, program: Program) -> tuple[float, CallOutcome]:
        """Return the CPU seconds of one call, and its outcome."""
        calls = [self.peer.load(program) for _ in range(program.messages)]
        with self.in_use():
            seconds, answer = cpu_time(calls)
        return seconds / len(calls), self.peer.outcome(answer)


def times_as_long(program: Program, ablations: Sequence[Callable[[Patch], None]], repeats: int) -> list[float]:
    """Return what taking each trick away does to a program: the ratio of medians.

    Raises:
        AssertionError: when the outcome is another without the trick.
    """
    variants = [Variant(), *map(Variant, ablations)]
    times: list[list[float]] = [[] for _ in variants]
    random = Random(0)
    for turn in range(-WARM_UPS, repeats):
        work, outcomes = program.variant(WARM_UPS + turn), set()
        for i in random.sample(range(len(variants)), len(variants)):  # no variant always has the same neighbour
            seconds, outcome = variants[i].run(work)
            outcomes.add(outcome)
            if turn >= 0:
                times[i].append(seconds)
        assert len(outcomes) == 1, (program.name, outcomes)
    complete, *without = map(median, times)
    return [taken / complete for taken in without]


def main(
    arguments: Sequence[str] | None = None,
    programs: Sequence[Callable[[], Any]] = (*PROGRAMS, storage_loop, helper_loop),
) -> None:
    """Print the table: a line for each trick, a column for each program, the geometric mean last."""
    parser = argparse.ArgumentParser(description="Measure what each optimisation of the compiler is worth.")
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--only", action="append", choices=[ablation.__name__ for ablation in ABLATIONS])
    options = parser.parse_args(arguments)
    chosen = [ablation for ablation in ABLATIONS if ablation.__name__ in (options.only or [ablation.__name__])]
    works = [work for make in programs if isinstance(work := make(), Program)]
    columns = [times_as_long(work, chosen, options.repeats) for work in works]
    print(f"times as long without it (measured: CPU time, ratio of medians of {options.repeats})\n")
    print(" " * 14 + "".join(f"{work.name.split()[0]:>11}" for work in works) + f"{'geo. mean':>11}")
    for ablation, ratios in zip(chosen, zip(*columns, strict=True), strict=True):
        cells = "".join(f"{ratio:11.2f}" for ratio in (*ratios, geometric_mean(ratios)))
        print(f"{ablation.__name__:<14}{cells}  {ablation.__doc__}")


if __name__ == "__main__":
    main(sys.argv[1:])
