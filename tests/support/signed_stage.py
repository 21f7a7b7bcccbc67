"""A stage on which contracts are created and called by signed transactions alone, which are kept as blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar

from tests.support.stage import OWNER, Place, Stage, signing_key
from toyevm.blocks import Block
from toyevm.chain import MAINNET
from toyevm.contracts import Contract
from toyevm.contracts.abi import Argument
from toyevm.results import TxResult
from toyevm.state import ABSENT, Account, WorldState
from toyevm.transactions import FEE_MARKET, Transaction, sign_transaction
from toyevm.transition import check_transaction, execute_transaction
from toyevm.types import Address
from toyevm.vm.message import MessageResult
from toyevm.workloads.workload import BLOCK_GAS, Workload, open_header

CREATION_GAS, CALL_GAS = 5_000_000, 1_000_000  # limits; gas has no price, so that balances are those of the story


@dataclass(frozen=True)
class Performed:
    """A transaction as it was executed: the worlds around it, and the second and number of its block."""

    before: WorldState
    after: WorldState
    moment: tuple[int, int]
    tx: Transaction
    result: TxResult


class SignedStage(Stage):
    """Do what a stage does by transactions; who has no key (a contract, nobody) is left to messages.

    Attributes:
        performed: all that happened, also on copies of a stage.
    """

    performed: ClassVar[list[Performed]] = []

    def create(self, contract: Contract, *arguments: Argument) -> Place:
        result = self._transact(OWNER, None, contract.creation_data(*arguments), 0)
        assert result.succeeded
        assert result.created_address is not None
        assert self.world.accounts[result.created_address].code == contract.code
        return Place(contract, result.created_address)

    def perform(self, sender: Address, to: Address, data: bytes, value: int) -> MessageResult | TxResult:
        if signing_key(sender) is None:
            return super().perform(sender, to, data, value)
        return self._transact(sender, to, data, value)

    def _transact(self, sender: Address, to: Address | None, data: bytes, value: int) -> TxResult:
        key = signing_key(sender)
        assert key is not None
        tx = sign_transaction(
            Transaction(
                type=FEE_MARKET,
                chain_id=MAINNET.chain_id,
                nonce=self.world.accounts.get(sender, ABSENT).nonce,
                gas_limit=CALL_GAS if to else CREATION_GAS,
                to=to,
                value=value,
                data=data,
            ),
            key,
        )
        before, moment = self.world, (self.env.timestamp, self.env.number or 1)  # block 0 has no transactions
        env, world = MAINNET.env(block_at(moment)), richer(before, sender, value)
        result = execute_transaction(world, env, check_transaction(world, env, tx))
        after = world.apply(result.diff)
        if not result.succeeded:  # what was brought for it is taken home again
            after = richer(after, sender, -value)
        self.world = after
        self.performed.append(Performed(before, after, moment, tx, result))
        return result


def richer(world: WorldState, owner: Address, amount: int) -> WorldState:
    """Return a world in which somebody has more ether, as who calls from outside has what they send."""
    account = world.accounts.get(owner, Account())
    return (
        WorldState({**world.accounts, owner: replace(account, balance=account.balance + amount)}) if amount else world
    )


def block_at(moment: tuple[int, int], transactions: tuple[Transaction, ...] = ()) -> Block:
    seconds, number = moment
    return Block(replace(open_header(base_fee=0), timestamp=seconds, number=number), transactions)


def blocks_of(performed: list[Performed]) -> Iterator[tuple[Workload, list[TxResult]]]:
    """Yield what was performed as blocks: what happened at one moment, one after the other, is one if there is room."""
    groups: list[list[Performed]] = [performed[:1]]
    for one, other in pairwise(performed):
        room = BLOCK_GAS - sum(each.tx.gas_limit for each in groups[-1])
        if other.before is one.after and other.moment == one.moment and other.tx.gas_limit <= room:
            groups[-1].append(other)
        else:
            groups.append([other])
    for group in groups:
        pre = group[0].before
        for each in group:
            pre = richer(pre, each.tx.sender, each.tx.value)
        block = block_at(group[0].moment, tuple(each.tx for each in group))
        yield Workload(MAINNET, pre, block, {}), [each.result for each in group]
