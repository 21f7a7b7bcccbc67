"""The comparison with the plain machine bites: a bug in how nodes are read, written or undone is found."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.worlds import CONTRACT, OTHER, authorize, call, contract, environment, signed, world
from toyevm.forks import LONDON, PRAGUE, Fork
from toyevm.rollups.one_step import (
    arrays,
    byte_strings,
    journal_tree,
    partial_journal,
    partial_machine,
    surroundings,
    work,
)
from toyevm.rollups.one_step.block_trace import BlockTrace
from toyevm.rollups.one_step.items import item_of
from toyevm.rollups.one_step.micro_step import micro_step

FAILING = "PUSH 0 PUSH 0 SSTORE PUSH 1 PUSH 9 SSTORE PUSH 7 PUSH 0 PUSH 0 LOG1 PUSH 0 PUSH 0 REVERT"
SOURCES = {
    "undo": f"PUSH 5 PUSH 0 SSTORE PUSH 1 PUSH 2 TSTORE {call(OTHER)} POP PUSH 9 SLOAD POP PUSH 0 PUSH 0 LOG0",
    "data": "PUSH2 300 PUSH 0 PUSH 3 CODECOPY PUSH2 300 PUSH 1 KECCAK256 PUSH 1 MSTORE "
    "PUSH 1 PUSH2 900 MSTORE PUSH2 300 PUSH 7 RETURN",
    "death": "CALLER SELFDESTRUCT",
    "jump": "PUSH @end JUMP " + f"PUSH32 0x{'5b' * 32} POP " * 2 + "end: JUMPDEST",
}


def trace_of(name: str, fork: Fork) -> BlockTrace:
    accounts = {CONTRACT: contract(SOURCES[name], fork, storage={0: 1, 9: 9}), OTHER: contract(FAILING, storage={0: 1})}
    env = environment(fork)
    fields: dict[str, Any] = {"type": 4, "authorizations": (authorize(),)} if fork.set_code else {}
    return BlockTrace(
        world(accounts), env, [item_of(env, signed(access_list=((OTHER, (9,)),), **({"type": 1} | fields)))]
    )


def ends_right(name: str, fork: Fork) -> bool:
    trace = trace_of(name, fork)
    steps = trace.steps(0)
    state = steps.before
    for _ in range(steps.count):
        state = micro_step(state, steps.context)
    return state.hash == trace.states[1].hash


def nothing(*arguments: Any, **more: Any) -> None:
    pass


def keeps_refund(self: Any, mark: Any) -> None:
    refund = self.tree.refund
    self._node, self._tree = mark, None
    self.tree.refund = refund


BUGS: list[tuple[str, Fork, Any, str, Any]] = [
    ("undo", PRAGUE, partial_journal.PartialJournal, "rollback", nothing),
    ("undo", PRAGUE, partial_journal.PartialJournal, "rollback", keeps_refund),
    ("undo", PRAGUE, partial_journal.PartialJournal, "add_log", nothing),
    ("undo", PRAGUE, journal_tree.JournalTree, "set_slot_marks", nothing),
    ("undo", PRAGUE, partial_journal, "read_slot", lambda storage, slot: 0),
    ("undo", PRAGUE, surroundings, "delegate", nothing),
    ("undo", PRAGUE, surroundings, "_warm", nothing),
    ("undo", PRAGUE, surroundings, "pay_back", lambda journal, env, checked, spent: spent),
    ("death", LONDON, surroundings, "DESTROYED", 0),
    ("data", PRAGUE, work, "write_bytes", lambda root, capacity, offset, data: root),
    ("data", PRAGUE, work, "absorb", lambda lanes, block: None),
    ("data", PRAGUE, arrays, "raise_to", lambda root, before, after: root),
    ("data", PRAGUE, partial_machine, "string_of", lambda data: None),
    ("jump", PRAGUE, byte_strings.PartialCode, "__contains__", lambda self, target: False),
]


NAMES = [f"{what.strip('_')}-{number}" for number, (_, _, _, what, _) in enumerate(BUGS)]


@pytest.mark.parametrize(("name", "fork", "where", "what", "wrong"), BUGS, ids=NAMES)
def test_a_planted_bug_is_found(
    name: str, fork: Fork, where: Any, what: str, wrong: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ends_right(name, fork)
    monkeypatch.setattr(where, what, wrong)
    try:
        found = not ends_right(name, fork)
    except Exception:  # some bugs leave no state at all
        found = True
    assert found
