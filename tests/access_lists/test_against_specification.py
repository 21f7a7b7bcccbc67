"""The list of a block tells the state after each of its transactions: the executable specification has the same roots.

Whoever has the state before and the list needs no execution (EIP-7928 calls that "executionless state updates"). EELS
executes each beginning of the block by itself, and knows nothing of lists.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.backends.cases import CASES, Case
from tests.backends.judge import oracle_of
from tests.support import full_block
from tests.support.chains import block_of, specified_header
from tests.support.system_contracts import system_accounts
from tests.support.worlds import world
from toyevm.access_lists import build, decode, encode, flatten
from toyevm.access_lists.values import Accesses
from toyevm.chain import ChainConfig
from toyevm.forks import CANCUN, OSAKA, PRAGUE, Fork
from toyevm.simulation.run import Run
from toyevm.state import StateDiff, WorldState
from toyevm.types import Field

WHOLE = {
    fork: Case(
        f"something of everything ({fork.name})",
        world(full_block.accounts(fork)),
        block_of(fork, *full_block.transactions(fork), withdrawals=full_block.withdrawals(fork)),
        ChainConfig(fork=fork),
    )
    for fork in (CANCUN, PRAGUE, OSAKA)
}


def tells_all(case: Case) -> bool:
    """Tell whether a list can say what a block does: where there are lists, no account in the state is empty."""
    oracle = oracle_of(case)
    empty = any(account.is_empty for account in case.pre.accounts.values())
    return case.chain.fork == CANCUN and isinstance(oracle, Run) and not empty and bool(case.block.transactions)


TOLD = [case for case in CASES if tells_all(case)][::4]


def list_of(case: Case) -> Accesses:
    oracle = oracle_of(case)
    assert isinstance(oracle, Run)
    assert all(key != Field.STORAGE for result in oracle.result.results for _, key in result.write_set)
    return flatten(decode(encode(build(case.pre, case.block, case.chain, oracle.result.results))))


def state_after(pre: WorldState, accesses: Accesses, index: int) -> WorldState:
    """Return what a list makes of the state before the block, up to and with an index."""
    known = {location: [each for each in found if each.at <= index] for location, found in accesses.changes.items()}
    return pre.apply(StateDiff({location: found[-1].value for location, found in known.items() if found}))


@pytest.mark.parametrize("case", [*TOLD, WHOLE[CANCUN]], ids=str)
def test_the_list_tells_the_state_after_each_transaction(case: Case) -> None:
    case = replace(case, pre=WorldState({**system_accounts(), **case.pre.accounts}))
    accesses, block = list_of(case), case.block
    for count in range(len(block.transactions) + 1):
        beginning = replace(block, transactions=block.transactions[:count], withdrawals=())
        right = specified_header(CANCUN, case.pre, beginning)["state_root"]
        assert state_after(case.pre, accesses, count).root == right, f"after {count} transactions"


@pytest.mark.parametrize("fork", WHOLE, ids=lambda fork: fork.name)
def test_the_list_tells_the_state_after_the_block(fork: Fork) -> None:
    case = WHOLE[fork]
    right = specified_header(fork, case.pre, case.block)["state_root"]
    last = len(case.block.transactions) + 1
    assert state_after(case.pre, list_of(case), last).root == right
    assert state_after(case.pre, list_of(case), last - 1).root != right


def test_there_are_enough_blocks_to_judge() -> None:
    assert len(TOLD) > 8
