"""What lesson 11 says to the role of L1: what a witness must show, and how one step is checked by it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from toyevm.crypto import keccak256
from toyevm.errors import InputError
from toyevm.rollups.one_step.micro_step import micro_step
from toyevm.rollups.one_step.nodes import Missing, Node, PrunedNode, WatchedNode
from toyevm.teaching.kit.bisection.eight_steps import context, honest
from toyevm.teaching.lab.turns import Reply, call, missing, read_list, read_one_of, repeat, right, wrong
from toyevm.teaching.lessons.optimistic_rollup.links import WORD, link
from toyevm.types import Hash32

DISPUTED = 3  # the step that the lesson disputes: MUL
PATHS: Mapping[str, tuple[tuple[int, ...], ...]] = {  # where each part lies below the root of the state
    "counters": ((0,),),
    "code": ((0, 2), (0, 2, 0)),
    "top": ((0, 0),),
    "second": ((0, 0, 0),),
    "third": ((0, 0, 0, 0),),
    "call": ((0, 3),),
    "accounts": ((1, 0),),
}
ALWAYS = ((), (1,))  # the root itself, and the list of what has changed so far
WHAT = {
    "counters": "pc and gas",
    "code": "the instruction at pc",
    "top": "the top word",
    "second": "the second word",
}


def witness_parts(answer: Any) -> Reply:
    """Judge which parts of state 3 are shown: L1 runs the step on these alone."""
    if answer is None:
        return missing('names of parts, such as ["code", "accounts"].')
    names = [read_one_of(each, list(PATHS), "a part")
             for each in read_list(answer, 'names of parts, such as ["code", "accounts"]', 20)]  # fmt: skip
    if not names:
        return missing("the names.")
    root, seen = honest()[DISPUTED].node, set[Hash32]()
    try:
        after = micro_step(WatchedNode(_pruned(root, names), seen), context())
    except Missing as lacking:
        return _lacking(str(lacking), names)
    assert after.hash == honest()[DISPUTED + 1].hash
    return _enough(names, seen)


def _pruned(root: Node, names: list[str]) -> Node:
    kept = {path for name in names for path in PATHS[name]} | set(ALWAYS)

    def copy(node: Node | None, path: tuple[int, ...]) -> Node | None:
        if node is None:
            return None
        if path not in kept:
            return PrunedNode(node.hash)
        return Node(node.value, tuple(copy(child, (*path, at)) for at, child in enumerate(node.children)))

    made = copy(root, ())
    assert made is not None
    return made


def _at(path: tuple[int, ...]) -> Node:
    node: Node | None = honest()[DISPUTED].node
    for at in path:
        assert node is not None
        node = node.children[at]
    assert node is not None
    return node


def _lacking(said: str, names: list[str]) -> Reply:
    found = [name for name, paths in PATHS.items() if any(_at(path).hash.hex() in said for path in paths)]
    name = found[0]
    shown = f"you show     {', '.join(dict.fromkeys(names))}\nL1 looks for {WHAT[name]}, and finds a hash"
    text = {
        "counters": "L1 does not know where the machine stands. Which part says which instruction is the next one?",
        "code": "L1 knows the pc, and sees no instruction there. Who tells it that step 3 is MUL?",
        "top": "L1 knows that it is MUL. What does it multiply?",
        "second": "L1 has one factor. Where is the other one?",
    }[name]
    return wrong(f"no-{name}", text, shown)


def _enough(names: list[str], seen: set[Hash32]) -> Reply:
    idle = [name for name in dict.fromkeys(names) if not any(_at(path).hash in seen for path in PATHS[name])]
    idle += ["accounts"] if "accounts" in names and "accounts" not in idle else []
    shown = f"you show     {', '.join(dict.fromkeys(names))}\nL1 runs MUL, and comes to {honest()[DISPUTED + 1].short}"
    if not idle:
        text = "All else stays a hash. The code of a contract can be 24,576 bytes long: how much of it is shown here?"
        return right(text, shown)
    belief = "the-whole-state" if len(idle) == len(PATHS) - 4 else f"shows-{idle[0]}"
    text = f"That is enough, and too much: L1 has never looked at {', '.join(idle)}. What must L1 know for MUL?"
    return wrong(belief, text, shown)


CASES = (  # what is on the stack, top first, then the operation
    (4, 3, "MUL"), (4, 3, "ADD"), (9, 2, "SUB"), (2, 9, "SUB"), (WORD - 1, 2, "ADD"), (2**200, 2**100, "MUL"),
    (0, 0, "ADD"),
)  # fmt: skip
EXACT: Mapping[str, Callable[[int, int], int]] = {"ADD": operator.add, "MUL": operator.mul, "SUB": operator.sub}
BELOW = link(7, keccak256(b"what lies below"))


def run_step(answer: Any) -> Reply:
    """Judge a function that runs one step of a stack by a witness."""
    if answer is None:
        return missing("a function.")
    for at, (top, second, op) in enumerate(CASES):
        before, after = link(top, link(second, BELOW)), link(_result(op, top, second), BELOW)
        said = call(answer, before, op, top, second, BELOW)
        if said is ... or (at == 0 and said is None and _is_empty(answer)):
            return missing("what `run_step` returns.")
        if said != after or not isinstance(said, bytes):
            return _not_after(said, (top, second, op), before)
    return _forgeries(answer)


def _is_empty(answer: Any) -> bool:
    """Tell whether a function looks at nothing and calls nothing: the one that stands in the cell."""
    code = getattr(answer, "__code__", None)
    return code is not None and not code.co_names


def _not_after(said: Any, case: tuple[int, int, str], before: bytes) -> Reply:
    top, second, op = case
    shown = f"{op}, top {_number(top)}, second {_number(second)}: you return {_said(said)}"
    result = _result(op, top, second)
    if said is None:
        return wrong("refuses-the-truth", "This witness fits `before`, and you refuse it. How is `before` made?", shown)
    if said == link(EXACT[op](top, second), BELOW):
        text = f"{EXACT[op](top, second):.3g} is no word of 256 bits. What does the machine do with such a result?"
        return wrong("no-wrap", text, shown)
    if isinstance(said, bool):
        return wrong("says-yes", "L1 compares hashes later. Of which stack is the hash that you return?", shown)
    if isinstance(said, int):
        return wrong("a-word", f"You return a word. The stack has {BELOW.hex()[:6]} below it. What is its hash?", shown)
    if said == before:
        return wrong("nothing-happens", "You return the hash of the stack as it was. What does the step change?", shown)
    if said == link(result, before):
        return wrong(
            "operands-stay", "You put the result on top of both operands. What does the step take away?", shown
        )
    if said in (link(result, link(second, BELOW)), link(result, link(top, BELOW))):
        return wrong("takes-one", f"One operand is still below the result. How many words does {op} take?", shown)
    if others := [each for each in EXACT if each != op and said == link(_result(each, top, second), BELOW)]:
        return wrong("another-operation", f"This is the stack after {others[0]}. Which step is it here?", shown)
    if op == "SUB" and said == link(_result(op, second, top), BELOW):
        return wrong(
            "operand-order", f"SUB is top minus second, {top} - {second}. In which order do you take them?", shown
        )
    return wrong("another-stack", f"The result of {op} is {_number(result)}. What is below it?", shown)


def _forgeries(answer: Any) -> Reply:
    before = link(4, link(3, BELOW))
    other = link(8, BELOW)
    for name, (top, second, rest) in {
        "top": (90, 3, BELOW), "second": (4, 90, BELOW), "rest": (4, 3, other), "order": (3, 4, BELOW),
    }.items():  # fmt: skip
        try:
            said = call(answer, before, "MUL", top, second, rest)
        except InputError as error:
            text = "A forged witness stops your function. L1 must go on. Which value says that it does not fit?"
            return wrong("stops-l1", text, "it " + str(error).rpartition(", it ")[2])
        if said is None:
            continue
        shown = (
            f"agreed: top 4, second 3\nwitness: top {top}, second {second}"
            f"{', another rest' if name == 'rest' else ''}\nyou return {_said(said)} instead of None"
        )
        if not said:
            text = f"You notice it, and return {said!r:.20}. Which value says here that a witness does not fit?"
            return wrong("another-no", text, shown)
        if name == "top":
            return wrong("trusts-the-witness", "Mallory wrote this witness. What ties it to the agreed stack?", shown)
        text = {
            "second": "The second word is not the agreed one. Which of the three parts does your check cover?",
            "rest": "Below these two words lies something else now. Which of the three parts does your check cover?",
            "order": "The two words have changed places. Does your check notice the order?",
        }[name]
        return wrong(f"does-not-check-{name}", text, shown)
    text = "It passes. It never saw the words below, and yet nobody can change them. Which hash protects them?"
    return right(text, f"{len(CASES)} true witnesses, 4 forged ones")


def _result(op: str, top: int, second: int) -> int:
    return EXACT[op](top, second) % WORD


def _said(value: object) -> str:
    return f"the hash {value.hex()[:6]}" if isinstance(value, bytes) else repeat(value)


def _number(word: int) -> str:
    if word < 10**6:
        return str(word)
    return "2**256 - 1" if word == WORD - 1 else f"2**{word.bit_length() - 1}"
