"""Bugs that nobody has thought of: each small change that can be made to the heart of the parallel backends.

    python -m tests.backends.mutation --jobs 2           all of them: `make mutation`
    python -m tests.backends.mutation --only scheduler   those of one module

A comparison is moved by its limit or turned round, a number or a sum is off by one, a condition is negated, a
statement is dropped. A change is *found* if the suite sees something in it (`evidence`, cheap checks first), or if it
does not come to an end. One that is not is a *survivor*: either it changes nothing that anybody could see, or the
suite has a gap. Which, is said for each in survivors.toml; one that is not there is a failure, and so is a row that
is not needed.

Functions are changed in place, by their code: what has been imported from a module, or registered, is changed as
well.
"""

from __future__ import annotations

import argparse
import ast
import gc
import json
import signal
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from inspect import getsource
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

from tests.backends.block_stm import test_interleaved as interleaved
from tests.backends.block_stm import test_switches as switches
from tests.backends.cases import CASES
from tests.backends.suite import faults
from toyevm.backends.block_stm.accounting import FeesApart, FeesLazy, FeesRead
from toyevm.simulation.multiversion import MultiVersionMemory
from toyevm.simulation.virtual_cores import Simulation
from toyevm.state import WorldState
from toyevm.types import Location, Version

MODULES = (
    "toyevm.simulation.ledger",
    "toyevm.simulation.multiversion",
    "toyevm.simulation.follow",
    "toyevm.backends.guided",
    "toyevm.backends.block_stm",
    "toyevm.backends.block_stm.scheduler",
    "toyevm.backends.block_stm.threads",
    "toyevm.backends.block_stm.accounting",
    "toyevm.backends.block_stm.push",
    "toyevm.backends.optimistic",
    "toyevm.backends.adaptive",
)
TABLE = Path(__file__).with_name("survivors.toml")
PATIENCE = 3.0  # seconds of processor time after which a run of one block is taken not to come to an end

MOVED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt
}  # fmt: skip
OTHER_SIGN: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add}


Edit = Callable[[Any], ast.AST | None]  # a node -> what takes its place


@dataclass(frozen=True)
class Mutation:
    """A change to one function of a module.

    Attributes:
        name: where and what, in words that stay the same when lines move: as it is in the table.
        place: which node of the function is changed, in the order of a walk, and by what.
    """

    module: str
    function: str
    name: str
    place: int
    edit: Edit


def edits_of(node: ast.AST) -> Iterator[tuple[str, Edit]]:
    """Yield what can be done to a node, and what that is called."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for table in (MOVED, TURNED):
            if other := table.get(type(node.ops[0])):
                yield "compare", lambda node, other=other: _with(node, ops=[other()])
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield "constant", lambda node: _with(node, value=node.value + 1)
    if isinstance(node, (ast.BinOp, ast.AugAssign)) and (sign := OTHER_SIGN.get(type(node.op))):
        yield "sign", lambda node, sign=sign: _with(node, op=sign())
    if isinstance(node, (ast.If, ast.While, ast.IfExp)):
        yield "condition", lambda node: _with(node, test=ast.UnaryOp(ast.Not(), node.test))
    if isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "and/or", lambda node: _with(node, op=other)
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.Delete)) or _is_call(node):
        yield "drop", lambda node: ast.If(ast.Constant(False), [node], [])  # names and generators stay what they are


def _is_call(node: ast.AST) -> bool:
    """Tell whether a statement is there for its effect: `yield from ()` only makes a function a generator."""
    if not isinstance(node, ast.Expr):
        return False
    yields_nothing = isinstance(node.value, ast.YieldFrom) and isinstance(node.value.value, ast.Tuple)
    return not yields_nothing and not isinstance(node.value, (ast.Constant, ast.Yield))


def _with(node: ast.AST, **fields: Any) -> ast.AST:
    for name, value in fields.items():
        setattr(node, name, value)
    return node


class _Editor(ast.NodeTransformer):
    """Makes the edit at one place, counted in the order of the walk."""

    def __init__(self, place: int, edit: Edit) -> None:
        self.place, self.edit, self.seen = place, edit, -1

    def visit(self, node: ast.AST) -> Any:
        self.seen += 1
        if self.seen == self.place:
            return self.edit(node)
        return self.generic_visit(node)


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _walk(child)


def functions_of(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield the functions and methods of a module, by qualified name; those inside functions belong to these."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from functions_of(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef):
            yield f"{prefix}{node.name}", node


def mutations_of(module: str) -> list[Mutation]:
    """Return all mutations of a module, in the order of its lines."""
    tree = ast.parse(getsource(import_module(module)))
    found: list[Mutation] = []
    names: Counter[str] = Counter()
    for function, definition in functions_of(tree):
        signature = {id(node) for part in (definition.args, definition.returns) if part for node in ast.walk(part)}
        for place, node in enumerate(_walk(definition)):
            if id(node) in signature:
                continue
            for kind, edit in edits_of(node):
                before, target = _first_line(node), deepcopy(definition)
                _Editor(place, edit).visit(target)
                after = "" if kind == "drop" else f" -> {_first_line(_node_at(target, place))}"
                name = f"{module.removeprefix('toyevm.')}.{function}: {kind} {before}{after}"
                names[name] += 1
                number = f" ({names[name]})" if names[name] > 1 else ""
                found.append(Mutation(module, function, name + number, place, edit))
    return found


def _node_at(tree: ast.AST, place: int) -> ast.AST:
    return next(node for number, node in enumerate(_walk(tree)) if number == place)


def _first_line(node: ast.AST) -> str:
    return ast.unparse(node).partition("\n")[0]


@cache
def all_mutations() -> list[Mutation]:
    return [mutation for module in MODULES for mutation in mutations_of(module)]


@contextmanager
def planted(mutation: Mutation) -> Iterator[None]:
    """Put the changed code into the function, and take it out again."""
    module = import_module(mutation.module)
    function = _find(module, mutation.function)
    tree = ast.parse(getsource(module))
    _Editor(mutation.place, mutation.edit).visit(dict(functions_of(tree))[mutation.function])
    code = compile(ast.fix_missing_locations(tree), module.__file__ or "", "exec", dont_inherit=True)
    swaps = _swaps(function.__code__, _code_of(code, mutation.function))
    for live, (_, changed) in swaps:
        live.__code__ = changed
    try:
        yield
    finally:
        for live, (honest, _) in swaps:
            live.__code__ = honest


def _swaps(honest: CodeType, changed: CodeType) -> list[tuple[FunctionType, tuple[CodeType, CodeType]]]:
    """Return the functions that run this code, or code inside of it (a strategy is made once), and what they get."""
    pairs = {id(old): (old, new) for old, new in _pairs(honest, changed)}
    functions = [each for each in gc.get_objects() if type(each) is FunctionType and id(each.__code__) in pairs]
    return [(each, pairs[id(each.__code__)]) for each in functions]


def _pairs(honest: CodeType, changed: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    yield honest, changed
    inner = [[each for each in code.co_consts if isinstance(each, CodeType)] for code in (honest, changed)]
    for old, new in zip(*inner, strict=False):  # a statement that is dropped may take the last one along
        if old.co_name == new.co_name and old.co_freevars == new.co_freevars:
            yield from _pairs(old, new)


def _find(module: ModuleType, name: str) -> FunctionType:
    found: Any = module
    for part in name.split("."):
        found = vars(found)[part]
    if isinstance(found, property):
        found = found.fget
    found = getattr(found, "__func__", found)  # of a class method
    assert isinstance(found, FunctionType), name
    return found


def _code_of(code: CodeType, name: str) -> CodeType:
    for part in name.split("."):
        code = next(each for each in code.co_consts if isinstance(each, CodeType) and each.co_name == part)
    return code


# What finds them


def evidence() -> Iterator[str]:
    """Yield what is wrong: orders of events first, as they cost least; then the suite."""
    yield from memory_faults()
    yield from interleaved.late_faults()
    yield from interleaved.found([interleaved.CHAIN], interleaved.UNCOUNTED)
    yield from interleaved.early_end_faults()
    for kind in (FeesApart, FeesRead, FeesLazy):
        blocks = [*interleaved.BLOCKS, interleaved.SUMS]
        yield from interleaved.found(blocks, range(1, 4), accounting=kind)
        yield from interleaved.found(CASES[::8], range(1, 2), accounting=kind, most=200_000)
    yield from switch_faults()
    yield from faults(random_blocks=4)
    yield from interleaved.found(interleaved.BLOCKS, range(4, 250))
    yield from interleaved.found([interleaved.SUMS], range(4, 60), accounting=FeesLazy)


def switch_faults() -> Iterator[str]:
    """Try Block-STM with each switch, which is in no registry: orders of events, then the clock."""
    yield from switches.readers_faults()
    yield from switches.early_news_faults()
    for each in (switches.PUSH, switches.STALL, switches.BOTH):
        yield from interleaved.found([*interleaved.BLOCKS, interleaved.SUMS], range(1, 40), switches=each)
    for block in CASES[::4]:
        yield from switches.faults_by_the_clock(block, [(1, 0), (4, 2), (16, 3)])


def memory_faults() -> Iterator[str]:
    """Ask the memory for what no backend asks it: none publishes a transaction twice."""
    spots = [Location(b"\1" * 20, slot) for slot in range(2)]
    memory = MultiVersionMemory(WorldState({}))
    memory.publish(Version(0), dict.fromkeys(spots, 7))
    memory.publish(Version(0, 1), {spots[1]: 8})
    if [memory.read(spot, 1).value for spot in spots] != [0, 8]:
        yield "what is published again leaves behind what was there before"


class _OutOfTime(BaseException):
    """Nothing catches it on its way."""


def verdict_on(mutation: Mutation) -> str:
    """Return how a mutation was found; "" if it was not."""
    with pytest.MonkeyPatch.context() as patch, _patience(patch):
        try:
            with planted(mutation):
                return next(evidence(), "")
        except _OutOfTime:
            signal.setitimer(signal.ITIMER_PROF, 0)
            return "it does not come to an end"
        except Exception as error:
            return repr(error)


@contextmanager
def _patience(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give up when a run, in virtual time or by chance, takes too long."""

    def give_up(*_: Any) -> None:
        raise _OutOfTime

    def timed(function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **named: Any) -> Any:
            signal.setitimer(signal.ITIMER_PROF, PATIENCE, PATIENCE / 10)  # again: each core may be in a loop
            return function(*arguments, **named)

        return run

    patch.setattr(Simulation, "run", timed(Simulation.run))
    patch.setattr(interleaved, "play", timed(interleaved.play))
    previous = signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, PATIENCE, PATIENCE / 10)  # what comes before the first run may loop, too
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)


def table() -> Any:
    """Return the survivors that are explained, each with its reason."""
    return tomllib.loads(TABLE.read_text())["survivors"]


def _judge(numbers: list[int]) -> list[tuple[int, str]]:
    mutations = all_mutations()
    return [(number, verdict_on(mutations[number])) for number in numbers]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="a part of the names of modules")
    options = parser.parse_args()
    if fault := next(evidence(), None):
        parser.error(f"what is found without a change says nothing about it: {fault}")
    mutations, explained = all_mutations(), table()
    chosen = [i for i, mutation in enumerate(mutations) if options.only in mutation.name.partition(":")[0]]
    chunks = [chosen[start : start + 3] for start in range(0, len(chosen), 3)]
    survivors = []
    with ProcessPoolExecutor(options.jobs) as pool:
        for part in pool.map(_judge, chunks):
            for number, found in part:
                if not found:
                    survivors.append(mutations[number].name)
                    print(f"survives: {mutations[number].name}", file=sys.stderr, flush=True)
    chosen_names = {mutations[i].name for i in chosen}
    new = sorted(set(survivors) - explained.keys())
    needless = sorted((explained.keys() & chosen_names) - set(survivors))
    counts = {"mutations": len(chosen), "found": len(chosen) - len(survivors), "explained": len(survivors) - len(new)}
    print(json.dumps({**counts, "not explained": new, "explained and found": needless}, indent=2))
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
