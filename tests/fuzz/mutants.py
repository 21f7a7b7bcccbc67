"""Mistakes a compiler could make, made on purpose in the Python it writes: the fuzz must find every one of them.

A mutant changes the syntax tree of each generated function, wherever its pattern occurs. The patterns speak of what any
such function must have (a charge, a check, a way out), not of one wording.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from toyevm.vm import compiler
from toyevm.vm.frame import Frame

Change = Callable[[ast.AST], ast.AST | None]
MUTANTS: dict[str, tuple[Change, tuple[str, ...]]] = {}
"""What goes wrong -> a function that returns a node as changed, or None to leave it; the kinds of program to try."""


def mutant(*kinds: str) -> Callable[[Change], Change]:
    """Register a mutant under its name, with the kinds of program that are most likely to notice."""

    def register(change: Change) -> Change:
        MUTANTS[change.__name__.replace("_", " ")] = change, kinds
        return change

    return register


class _Mutation(ast.NodeTransformer):
    """Changes every node that fits."""

    def __init__(self, change: Change) -> None:
        self.change, self.count = change, 0

    def generic_visit(self, node: ast.AST) -> ast.AST:
        node = super().generic_visit(node)
        changed = self.change(node)
        if changed is None:
            return node
        self.count += 1
        return ast.copy_location(changed, node)


@contextmanager
def planted(name: str) -> Iterator[Callable[[], int]]:
    """Let the compiler make this mistake; hand out a function that tells how often it has made it."""
    mutation = _Mutation(MUTANTS[name][0])

    def rewritten(source: Any) -> Any:
        if not isinstance(source, str):
            return source
        return builtins.compile(ast.fix_missing_locations(mutation.visit(ast.parse(source))), "<mutant>", "exec")

    def faulty_compile(source: Any, *rest: Any, **options: Any) -> Any:
        return rewritten(source) if isinstance(source, str) else builtins.compile(source, *rest, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiler, "compile", faulty_compile, raising=False)
        patch.setattr(compiler, "exec", lambda source, *names: builtins.exec(rewritten(source), *names), raising=False)
        yield lambda: mutation.count


def text(node: ast.AST) -> str:
    return ast.unparse(node)


def is_check(test: ast.AST) -> bool:
    """Tell whether a condition is about the machine, not about the program's own words."""
    return any(word in text(test) for word in ("gas", "len(", "left", "None", "warm", "TARGETS"))


def is_masked(node: ast.AST, *operations: type[ast.operator]) -> bool:
    """Tell whether a node cuts the result of one of these operations down to a word."""
    masked = isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd) and text(node.right) == "M"
    return masked and isinstance(node.left, ast.BinOp) and isinstance(node.left.op, operations)


def gas_of_exit(node: ast.AST) -> bool:
    """Tell whether a statement hands gas back to the frame, more than is in the local name."""
    return isinstance(node, ast.Assign) and text(node.targets[0]) == "frame.gas_left" and "+" in text(node.value)


# Arithmetic


@mutant("expressions", "loops")
def a_sum_is_not_masked(node: ast.AST) -> ast.AST | None:
    return node.left if is_masked(node, ast.Add) else None


@mutant("expressions", "loops")
def a_difference_is_not_masked(node: ast.AST) -> ast.AST | None:
    return node.left if is_masked(node, ast.Sub) else None


@mutant("expressions", "loops")
def a_product_is_not_masked(node: ast.AST) -> ast.AST | None:
    return node.left if is_masked(node, ast.Mult) else None


@mutant("expressions", "loops")
def a_shift_is_not_masked(node: ast.AST) -> ast.AST | None:
    return node.left if is_masked(node, ast.LShift) else None


@mutant("expressions", "loops")
def signed_division_rounds_down(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Call) and text(node.func) == "sdiv":
        return ast.parse(f"sdiv({text(node.args[0])}, 1) // max(1, {text(node.args[1])})", mode="eval").body
    return None


@mutant("expressions", "loops")
def less_is_less_or_equal(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Lt) and not is_check(node):
        return ast.Compare(node.left, [ast.LtE()], node.comparators)
    return None


@mutant("expressions", "loops")
def signs_are_not_looked_at(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor) and text(node.right) == "SIGN":
        return node.left
    return None


# Gas


@mutant("small", "memory")
def a_segment_costs_one_less(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Sub) and text(node.target) == "gas":
        return ast.parse(f"gas -= {text(node.value)} - 1").body[0]
    return None


@mutant("small", "memory")
def gas_of_what_was_not_run_is_kept(node: ast.AST) -> ast.AST | None:
    return ast.parse("frame.gas_left = gas").body[0] if gas_of_exit(node) else None


@mutant("small", "memory")
def a_segment_runs_on_borrowed_gas(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Compare) and text(node) == "gas < 0":
        return ast.parse("gas < -50", mode="eval").body
    return None


@mutant("small", "memory")
def more_memory_is_free(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Assign) and text(node.targets[0]) == "gas" and text(node.value) == "left":
        return ast.Pass()
    return None


# State


@mutant("calls", "storage")
def a_slot_is_always_warm(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) and "in warm" in text(node.values[-1]):
        return node.values[0]
    return None


@mutant("calls", "storage")
def a_refused_read_costs(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.ExceptHandler) and any(gas_of_exit(part) for part in node.body):
        kept = [part for part in node.body if not gas_of_exit(part)]
        return ast.ExceptHandler(node.type, node.name, kept or [ast.Pass()])
    return None


# Ways out


@mutant("jumps", "careless", "loops")
def a_branch_takes_the_other_side(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.If) and not is_check(node.test):
        return ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
    return None


@mutant("jumps", "careless", "loops")
def a_jump_may_land_anywhere(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.NotIn) and "TARGETS" in text(node):
        return ast.Constant(False)
    return None


@mutant("jumps", "careless", "loops")
def the_height_of_the_stack_is_not_checked(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.If) and "len(stack)" in text(node.test):
        return ast.Pass()
    return None


@mutant("jumps", "careless", "loops")
def the_interpreter_goes_on_one_byte_late(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Assign) and text(node.targets[0]) == "frame.pc" and isinstance(node.value, ast.Constant):
        return ast.parse(f"frame.pc = {text(node.value)} + 1").body[0]
    return None


@mutant("jumps", "careless", "loops")
def the_stack_is_left_as_it_was(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Delete) and "stack[" in text(node):
        return ast.Pass()
    return None


@mutant("jumps", "careless", "loops")
def a_loop_changes_its_words_one_by_one(node: ast.AST) -> ast.AST | None:
    names = node.targets[0] if isinstance(node, ast.Assign) else None
    if isinstance(names, ast.Tuple) and isinstance(node.value, ast.Tuple) and text(names.elts[0]).startswith("s"):
        pairs = zip(names.elts, node.value.elts, strict=True)
        return ast.If(ast.Constant(True), [ast.Assign([name], value) for name, value in pairs], [])
    return None


# Memory


@mutant("memory")
def memory_does_not_grow(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.If) and "len(memory)" in text(node.test):
        return ast.Pass()
    return None


@mutant("memory")
def a_hash_leaves_out_a_byte(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Call) and text(node.func) == "keccak256":
        return ast.parse(f"keccak256({text(node.args[0])}[:-1])", mode="eval").body
    return None


@mutant("memory", "loops")
def a_word_is_not_kept(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Assign) and text(node.targets[0]).startswith("words["):
        return ast.Pass()
    return None


@mutant("memory", "loops")
def a_word_that_is_not_at_hand_is_zero(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Call) and text(node.func) == "words.get":
        return ast.parse(f"words.get({text(node.args[0])}, 0)", mode="eval").body
    return None


@mutant("memory")
def a_copy_begins_one_byte_late(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Call) and text(node.func) == "slice_padded":
        source, start, length = map(text, node.args)
        return ast.parse(f"slice_padded({source}, {start} + 1, {length})", mode="eval").body
    return None


@mutant("calls", "storage", "memory")
def a_log_has_no_topics(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Call) and text(node.func) == "emit":
        return ast.parse(f"emit(frame, (), {text(node.args[2])})", mode="eval").body
    return None


def _store_anywhere(frame: Frame, offset: int, word: int) -> None:
    frame.words[offset] = word


# What cannot be seen in one function: whoever writes or helps them is changed, not their text.
FAULTY_PARTS: dict[str, tuple[Any, str, Any]] = {
    "words are never written down": (Frame, "memory", property(lambda frame: frame.raw_memory)),
    "a word may lie anywhere": (compiler, "_NAMES", {**compiler._NAMES, "store_word": _store_anywhere}),
}
