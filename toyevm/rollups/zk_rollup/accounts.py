"""Two pictures of the same accounts: a toyevm world in wei, by address, and the proven tree in units, by number.

The bridge's leaf has what is not on L2. So no payment changes what all leaves have together, and no leaf can overflow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from toyevm.rollups.zk.payments.tree import AccountTree
from toyevm.rollups.zk.payments.values import BRIDGE, UNIT, AccountLeaf, ProvenPayment
from toyevm.state import Account, StateDiff, WorldState
from toyevm.types import Address, Field, Location, Value

EMPTY = Account()


def leaf_of(world: WorldState, owner: Address) -> AccountLeaf:
    """Return what the tree says about an account of a world."""
    account = world.accounts.get(owner, EMPTY)
    return AccountLeaf(account.balance // UNIT, account.nonce)


def tree_of(world: WorldState, owners: Sequence[Address]) -> AccountTree:
    """Return the tree of a world; the owners are listed by number, the bridge first.

    Raises:
        InputError: they have more than there can be.
    """
    return AccountTree({number: leaf_of(world, owner) for number, owner in enumerate(owners) if number})


def paid(world: WorldState, owners: Sequence[Address], payments: Iterable[ProvenPayment]) -> WorldState:
    """Return a world after some payments."""
    return world.apply(StateDiff(writes_of(world, owners, payments)))


def writes_of(world: WorldState, owners: Sequence[Address], payments: Iterable[ProvenPayment]) -> dict[Location, Value]:
    """Return what payments write to a world. On L2, who leaves pays the bridge's address, and it keeps that."""
    writes: dict[Location, Value] = {}
    for payment in payments:
        payer, payee, wei = owners[payment.payer], owners[payment.payee], payment.amount * UNIT
        if payment.payer != BRIDGE:
            _add(world, writes, Location(payer, Field.BALANCE), -wei)
        if payment.nonce is not None:
            _add(world, writes, Location(payer, Field.NONCE), 1)
        _add(world, writes, Location(payee, Field.BALANCE), wei)
    return writes


def _add(world: WorldState, writes: dict[Location, Value], location: Location, amount: int) -> None:
    before = writes.get(location, world.read(location).value)
    writes[location] = int(before) + amount
