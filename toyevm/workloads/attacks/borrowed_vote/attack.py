"""A DAO captured by votes that are borrowed for one transaction, and the snapshot that makes them worthless.

Mallory proposes that the treasury be paid to her. All members vote against it. A contract of hers borrows twice as many
shares as voted, votes and pays back: the lender risks nothing, and she needs no money.
"""

from __future__ import annotations

from toyevm.contracts import Contract, load_contract
from toyevm.types import Address
from toyevm.units import ETHER
from toyevm.vm.message import execute_message
from toyevm.workloads.applications.dao.workload import DAO, DELAY, SO_FAR, dao_account
from toyevm.workloads.attacks.base import Asset, Attack, AttackScene, CallsOfBlock, ether
from toyevm.workloads.planned_blocks import PlannedCall, account, address_named, variables

LENDER: Address = b"\xce" * 20
BORROWER: Address = b"\xcf" * 20
TREASURY = 100 * ETHER
LENT = 4 * SO_FAR


def scene(defended: bool) -> AttackScene:
    """Return a proposal, the votes of two blocks, and what becomes of it after the timelock."""
    dao, borrower = load_contract("dao" if defended else "dao_by_balance"), load_contract("vote_borrower")
    action = address_named("Mallory"), TREASURY, b""
    propose = PlannedCall("Mallory", DAO, dao.call_data("propose", *action))
    against = [PlannedCall(member, DAO, dao.call_data("vote", 0, 0)) for member in ("Ann", "Bob")]
    borrow = PlannedCall("Mallory", BORROWER, borrower.call_data("voteWith", LENT, 0))
    queue = PlannedCall("Mallory", DAO, dao.call_data("queue", 0))
    execute = PlannedCall("Mallory", DAO, dao.call_data("execute", 0, *action))
    lender = load_contract("share_lender")
    shares = {address_named(who): SO_FAR for who in ("Ann", "Bob")}
    shares |= {address_named("Mallory"): ETHER, LENDER: LENT}
    return AttackScene(
        blocks=(
            *map(CallsOfBlock, [(propose,), tuple(against), (borrow,), (queue,)]),
            CallsOfBlock((execute,), wait=DELAY),
        ),
        contracts={
            "DAO": (DAO, dao_account(dao, shares, voting_period=2, treasury=TREASURY)),
            "lender": (LENDER, account(lender, variables(lender, {"token": DAO}))),
            "borrower": (BORROWER, account(borrower, variables(borrower, {"lender": LENDER, "dao": DAO}))),
        },
        assets={"ether": ether, "shares": _shares(dao)},
        people=("Mallory", "Ann", "Bob"),
    )


def _shares(dao: Contract) -> Asset:
    """Return the asset of which the DAO itself says how much everybody has."""
    return lambda world, owner: int.from_bytes(
        execute_message(world, address=DAO, input=dao.call_data("balanceOf", owner)).output
    )


ATTACK = Attack(
    "borrowed_vote",
    "Mallory borrows most of the votes for one transaction, and the treasury is hers.",
    "A vote counts the shares of a block that was over before the vote began.",
    scene,
    ("Mallory", "ether"),
)
