"""Mutants: a right answer with one small thing wrong, made by a tool. A judge that lets one pass has not looked there.

The bank of wrong answers holds what people believe; mutants hold what nobody thought of. A mutant that earns full
points is either as good as the answer, and then somebody says why (`survivor` in marking.toml), or a case is missing.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from toyevm.teaching.lab.values import Plain
from toyevm.vm.opcodes import BY_NAME

_COMMENT = re.compile(r"[;#].*")
_SWAP_OPERANDS = ("SUB", "DIV", "MOD", "LT", "GT", "SLT", "SGT", "MSTORE", "SSTORE", "RETURN", "JUMPI", "SHL", "SHR")
_NEIGHBOURS = {
    "ADD": ["SUB", "MUL"], "SUB": ["ADD"], "MUL": ["ADD", "EXP"], "DIV": ["MOD", "SDIV"], "MOD": ["DIV"],
    "LT": ["GT", "SLT", "EQ"], "GT": ["LT", "SGT", "EQ"], "SLT": ["LT"], "SGT": ["GT"], "EQ": ["LT", "SUB"],
    "ISZERO": ["NOT"], "NOT": ["ISZERO"], "AND": ["OR"], "OR": ["AND", "XOR"], "XOR": ["OR"],
    "SHL": ["SHR"], "SHR": ["SHL"],
    "MSTORE": ["MSTORE8", "SSTORE"], "SSTORE": ["MSTORE", "TSTORE"], "MLOAD": ["SLOAD"], "SLOAD": ["MLOAD", "TLOAD"],
    "JUMPI": ["JUMP"], "RETURN": ["REVERT", "STOP"], "REVERT": ["RETURN"], "CALLDATALOAD": ["MLOAD", "SLOAD"],
    "CALLER": ["ORIGIN", "ADDRESS"], "CALLVALUE": ["SELFBALANCE"], "POP": ["JUMPDEST"],
}  # fmt: skip


class Mutant(NamedTuple):
    """A changed answer; `change` says what was changed, in words that stay the same from run to run."""

    change: str
    answer: Plain


def program_mutants(source: str) -> Iterator[Mutant]:
    """Yield a program with an instruction dropped, doubled or changed, operands exchanged, or a number off by one.

    >>> [mutant.change for mutant in program_mutants("PUSH1 2 SUB")][:3]
    ['1: PUSH1 2 dropped', '1: PUSH1 2 becomes PUSH1 3', '1: PUSH1 2 becomes PUSH1 1']
    """
    items = _split(source)
    for at, item in enumerate(items):
        for words, replacement in _changes(item):
            yield Mutant(f"{at + 1}: {item} {words}", "\n".join([*items[:at], *replacement, *items[at + 1 :]]))
    for at, (item, following) in enumerate(pairwise(items)):
        if item != following and not any(part.endswith(":") for part in (item, following)):
            swapped = [*items[:at], following, item, *items[at + 2 :]]
            yield Mutant(f"{at + 1}: {item} and {following} exchanged", "\n".join(swapped))


def _split(source: str) -> list[str]:
    """Return instructions and labels, each with its operand."""
    words = _COMMENT.sub("", source).replace(":", ": ").split()
    items: list[str] = []
    for word in words:
        if items and re.fullmatch(r"PUSH\d*|DATA", items[-1], re.IGNORECASE) and items[-1].upper() != "PUSH0":
            items[-1] += f" {word}"
        else:
            items.append(word if word.endswith(":") else word.upper())
    return items


def _changes(item: str) -> Iterator[tuple[str, list[str]]]:
    """Yield, for one instruction, what may be done to it, and what then stands in its place."""
    name, _, operand = item.partition(" ")
    if item.endswith(":"):
        return
    yield "dropped", []
    if operand and not operand.startswith("@"):
        value = int(operand, 0)
        for number in (value + 1, value - 1) if value else (1,):
            yield f"becomes {name} {number}", [f"{name} {number}"]
    if name == "PUSH0":
        yield "becomes PUSH1 1", ["PUSH1 1"]
    if name in _SWAP_OPERANDS:
        yield "with operands exchanged", ["SWAP1", item]
    for neighbour in [*_NEIGHBOURS.get(name, []), *_next_in_family(name)]:
        yield f"becomes {neighbour}", [neighbour]


def _next_in_family(name: str) -> list[str]:
    family = re.fullmatch(r"(DUP|SWAP)(\d+)", name)
    if not family:
        return []
    names = [f"{family[1]}{int(family[2]) + step}" for step in (-1, 1)]
    return [near for near in names if near in BY_NAME]


def value_mutants(answer: Plain, path: str = "") -> Iterator[Mutant]:
    """Yield a value with one number off by one, or two neighbours of a list exchanged.

    >>> [mutant.answer for mutant in value_mutants([2, 5])]
    [[3, 5], [1, 5], [2, 6], [2, 4], [5, 2]]
    """
    if type(answer) is int:
        yield Mutant(f"{path}+1", answer + 1)
        yield Mutant(f"{path}-1", answer - 1)
    if isinstance(answer, list):
        for at, part in enumerate(answer):
            for change, mutant in value_mutants(part, f"{path}[{at}]"):
                yield Mutant(change, [*answer[:at], mutant, *answer[at + 1 :]])
        for at in range(len(answer) - 1):
            if answer[at] != answer[at + 1]:
                swapped = [*answer[:at], answer[at + 1], answer[at], *answer[at + 2 :]]
                yield Mutant(f"{path}[{at}] and [{at + 1}] exchanged", swapped)


_COMPARISONS: dict[type[ast.cmpop], list[type[ast.cmpop]]] = {
    ast.Lt: [ast.LtE, ast.Gt], ast.LtE: [ast.Lt, ast.GtE], ast.Gt: [ast.GtE, ast.Lt], ast.GtE: [ast.Gt, ast.LtE],
    ast.Eq: [ast.NotEq], ast.NotEq: [ast.Eq], ast.In: [ast.NotIn], ast.NotIn: [ast.In], ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
}  # fmt: skip
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip


def function_mutants(source: str) -> Iterator[Mutant]:
    """Yield Python source with one comparison, operator, `and`, `not` or number changed, two neighbours exchanged, or
    one statement left out.

    >>> print(*(mutant.answer for mutant in function_mutants("def f(x):\\n    return x < 0")), sep="\\n")
    def f(x):
        return x <= 0
    def f(x):
        return x > 0
    def f(x):
        return x < 1
    def f(x):
        return x < -1
    """
    tree = ast.parse(source)
    for index, node in enumerate(ast.walk(tree)):
        before = ast.unparse(node) if isinstance(node, ast.expr) else type(node).__name__
        for words, name, value in _possible(node):
            changed = copy.deepcopy(tree)
            setattr(list(ast.walk(changed))[index], name, value)
            yield Mutant(f"line {getattr(node, 'lineno', 0)}: {before}: {words}", ast.unparse(changed))


def _possible(node: ast.AST) -> list[tuple[str, str, object]]:
    """Return the edits of a node: in words, which field, and its new value."""
    match node:
        case ast.Compare(ops=[op, *rest]):
            return [(f"{type(op).__name__} to {new.__name__}", "ops", [new(), *rest]) for new in _COMPARISONS[type(op)]]
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in _OPERATORS:
            operator = _OPERATORS[type(op)]
            return [(f"{type(op).__name__} to {operator.__name__}", "op", operator())]
        case ast.BoolOp(op=op):
            junction = ast.Or if isinstance(op, ast.And) else ast.And
            return [(f"to {junction.__name__}", "op", junction())]
        case ast.UnaryOp(op=ast.Not()):
            return [("Not dropped", "op", ast.UAdd())]
        case ast.Call(args=[first, second, *rest]) if ast.dump(first) != ast.dump(second):
            return [("first two arguments exchanged", "args", [second, first, *rest])]
        case ast.Tuple(elts=[first, second, *rest]) | ast.List(elts=[first, second, *rest]) if _is_read(node):
            return [("first two entries exchanged", "elts", [second, first, *rest])]
        case ast.FunctionDef() | ast.For() | ast.If() | ast.While() if len(node.body) > 1:
            return [
                (f"{_first_line(left)!r} left out", "body", [part for part in node.body if part is not left])
                for left in node.body
            ]
        case ast.Constant(value=bool() as value):
            return [(f"to {not value}", "value", not value)]
        case ast.Constant(value=int() as value):
            return [(f"to {value + step}", "value", value + step) for step in (1, -1)]
    return []


def _is_read(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Load)


def _first_line(statement: ast.stmt) -> str:
    return ast.unparse(statement).split("\n")[0]
