"""What an attack is: signed calls to real contracts, block by block, and what everybody owned before and after.

Gas is free here, so that what changes hands is the doing of the attack alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

from toyevm.blocks import Block
from toyevm.chain import MAINNET
from toyevm.contracts.abi import reason_of
from toyevm.errors import InputError
from toyevm.results import TxResult
from toyevm.state import ABSENT, Account, WorldState
from toyevm.transactions import Transaction
from toyevm.types import Address
from toyevm.workloads.block_building import BlockBuilder
from toyevm.workloads.planned_blocks import PlannedCall, address_named, sign_calls
from toyevm.workloads.tokens import token_balance
from toyevm.workloads.workload import SAVINGS, SLOT_SECONDS, open_header

Asset = Callable[[WorldState, Address], int]


def ether(world: WorldState, owner: Address) -> int:
    """Return an owner's ether in wei: an `Asset`."""
    return world.accounts.get(owner, ABSENT).balance


def tokens(token: Address) -> Asset:
    """Return the asset whose balances the ERC-20 contract at `token` keeps."""
    return lambda world, owner: token_balance(world, token, owner)


@dataclass(frozen=True)
class CallsOfBlock:
    """The calls of one block, in the order that its producer chose; `wait` is in seconds, before the usual twelve."""

    calls: tuple[PlannedCall, ...]
    wait: int = 0


@dataclass(frozen=True)
class AttackScene:
    """What is played, and what is counted.

    Args:
        contracts: name, address and account of each contract before the first block.
        assets: how much of each asset an address has.
        people: whose assets are counted beside those of the contracts; who has no account in `savings` has 100 ether.
        savings: the accounts of people that begin with something else.
    """

    blocks: tuple[CallsOfBlock, ...]
    contracts: Mapping[str, tuple[Address, Account]]
    assets: Mapping[str, Asset]
    people: tuple[str, ...]
    savings: Mapping[str, Account] = field(default_factory=dict)

    @property
    def owners(self) -> dict[str, Address]:
        return {who: address_named(who) for who in self.people} | {
            name: address for name, (address, _) in self.contracts.items()
        }

    @property
    def world(self) -> WorldState:
        """The state before the first block."""
        callers = {call.sender for block in self.blocks for call in block.calls}
        accounts = {address_named(who): Account(balance=SAVINGS) for who in sorted(callers | set(self.people))}
        accounts |= {address_named(who): account for who, account in self.savings.items()}
        return WorldState(accounts | dict(self.contracts.values()))


@dataclass(frozen=True)
class Holding:
    """What one owner had of one asset."""

    owner: str
    asset: str
    before: int
    after: int

    @property
    def change(self) -> int:
        return self.after - self.before


@dataclass(frozen=True)
class CalledTransaction:
    """A call as it was mined: whose, what became of it, and in the contract's words why it failed, if it did."""

    call: PlannedCall
    tx: Transaction
    result: TxResult

    @property
    def reason(self) -> str:
        return reason_of(self.result) or ""


@dataclass(frozen=True)
class BalanceSheet:
    """A played scene: what everybody owned before and after, and each call."""

    rows: tuple[Holding, ...]
    calls: tuple[CalledTransaction, ...]
    worlds: tuple[WorldState, ...]  # before the first block, and after each

    def change(self, owner: str, asset: str) -> int:
        """Return by how much an owner has more of an asset than before.

        Raises:
            InputError: nobody counted it.
        """
        for row in self.rows:
            if (row.owner, row.asset) == (owner, asset):
                return row.change
        raise InputError(f"no row for {owner!r} and {asset!r}", "change", "an owner and an asset of the scene")

    @property
    def failures(self) -> dict[int, str]:
        """Why calls failed, by their place in the scene."""
        return {place: called.reason for place, called in enumerate(self.calls) if not called.result.succeeded}


def play(scene: AttackScene) -> BalanceSheet:
    """Execute the blocks of a scene, one transaction after the other."""
    worlds: list[WorldState] = [scene.world]
    called: list[CalledTransaction] = []
    signed = iter(sign_calls([call for block in scene.blocks for call in block.calls], base_fee=0, tip=0))
    seconds = 0
    for number, block in enumerate(scene.blocks, 1):
        seconds += block.wait + SLOT_SECONDS
        header = replace(open_header(base_fee=0), number=number, timestamp=seconds)
        builder = BlockBuilder(MAINNET, worlds[-1], Block(header, ()))
        for call, tx in zip(block.calls, islice(signed, len(block.calls)), strict=True):
            called.append(CalledTransaction(call, tx, builder.add(tx)))
        worlds.append(builder.end())
    rows = tuple(
        Holding(owner, asset, amount(worlds[0], address), amount(worlds[-1], address))
        for owner, address in scene.owners.items()
        for asset, amount in scene.assets.items()
    )
    return BalanceSheet(rows, tuple(called), tuple(worlds))


@dataclass(frozen=True)
class Attack:
    """An attack and its defence.

    Args:
        summary: what is done, in a sentence.
        defence: what stops it, in a sentence.
        scene: the same calls, without the defence and with it (or the calls that the defence makes of them).
        thief: who gains by it, and of which asset.
    """

    name: str
    summary: str
    defence: str
    scene: Callable[[bool], AttackScene] = field(repr=False)
    thief: tuple[str, str]

    def __call__(self, *, defended: bool = False) -> BalanceSheet:
        """Play it, and return the balance sheet."""
        return play(self.scene(defended))
