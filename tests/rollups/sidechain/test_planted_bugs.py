"""Each defence of the contracts holds, and each is the work of a line: without it, the defence is seen to be gone."""

from __future__ import annotations

from functools import partial

import pytest

from tests.rollups.planted import changed
from tests.rollups.sidechain.defences import DEFENCES, Make
from toyevm.contracts import contract_source
from toyevm.rollups.sidechain import Sidechain
from toyevm.rollups.sidechain.root_contracts import BRIDGE, MANAGER

ASCENDING = "assert convert(signer, uint160) > convert(last, uint160), "
PLANTED = [  # the defence that is gone, what stands in the source, what stands there instead
    ("nobody twice", ASCENDING, ASCENDING.replace(" > ", " >= ")),
    ("more than two thirds", "// denominator + 1", "// denominator"),
    ("no gap", "assert start == self.ends[self.count] + 1", "assert start > self.ends[self.count]"),
    ("end after start", "assert end >= start", "assert end < max_value(uint256)"),
    ("not for another root", "kind, start, end, root))", "kind, start, end))"),
    ("not for another start", "kind, start, end, root))", "kind, end, root))"),
    ("not for another end", "kind, start, end, root))", "kind, start, root))"),
    ("no milestone", "self, kind, start", "self, start"),
    ("not under another manager", "chain.id, self, kind", "chain.id, kind"),
    ("no stake afterwards", "assert self.count == 0", "assert self.count < 10"),
    ("punishes a lie", "self.stakes[signer] = 0\n    self.total -= amount", "self.stakes[signer] = amount"),
    ("spares two signers", "assert signer == other", "assert signer != self"),
    ("spares one root", "assert root != other_root", "assert root != empty(bytes32)"),
    ("a burn once", "self.exited[place] = True", "self.exited[place] = False"),
    ("a burn once", "abi_encode(number, tx_index, log_index)", "abi_encode(number, tx_index, block.number)"),
    ("every burn", "abi_encode(number, tx_index, log_index)", "abi_encode(number, tx_index)"),
    ("every burn", "abi_encode(number, tx_index, log_index)", "abi_encode(number, log_index)"),
    ("the gateway alone", "convert(gateway, uint256)", "convert(slice(found, 0, 32), uint256)"),
    ("a checkpoint alone", "== staticcall manager.roots(checkpoint)", "!= empty(bytes32)"),
    ("the delay", "manager.times(checkpoint) + delay", "manager.times(checkpoint)"),
    ("whole gwei", "msg.value > 0 and msg.value % UNIT == 0", "msg.value > 0"),
]


@pytest.mark.parametrize("name", DEFENCES)
def test_a_defence_holds(name: str) -> None:
    assert DEFENCES[name](Sidechain)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "old", "new"), PLANTED, ids=[f"{at} {row[0]}" for at, row in enumerate(PLANTED)])
def test_without_its_line_a_defence_is_gone(name: str, old: str, new: str) -> None:
    assert not DEFENCES[name](with_bug(old, new))


def with_bug(old: str, new: str) -> Make:
    """Return what makes a sidechain with that change in one of its two contracts."""
    (name,) = (each.name for each in (MANAGER, BRIDGE) if old in contract_source(each.name))
    compiled = changed(name, ((old, new),))
    return partial(Sidechain, compiled=(compiled, BRIDGE) if name == MANAGER.name else (MANAGER, compiled))


def test_every_defence_has_a_bug_that_takes_it_away() -> None:
    assert set(DEFENCES) - {row[0] for row in PLANTED} == {"spares another range"}  # another range is another digest
