"""Reentrancy: who is paid by a call is in control for a while, and the books are wrong until the call is over.

Eve puts an ether into a pool, and takes it out by a contract that withdraws again whenever it is paid.
"""

from __future__ import annotations

from toyevm.contracts import load_contract
from toyevm.state import Account
from toyevm.types import Address
from toyevm.units import ETHER
from toyevm.workloads.attacks.base import Attack, AttackScene, CallsOfBlock, ether
from toyevm.workloads.planned_blocks import PlannedCall, account, variables

POOL: Address = b"\xc4" * 20
DRAINER: Address = b"\xc5" * 20
SAVED = {"Ann": 3 * ETHER, "Bob": 2 * ETHER}
STAKE = ETHER


def visit_pool(name: str) -> AttackScene:
    """Return three blocks: others save, Eve comes, all want their ether back; `name` is the pool's contract."""
    pool, drainer = load_contract(name), load_contract("drainer")
    deposits = [PlannedCall(who, POOL, pool.call_data("deposit"), amount) for who, amount in SAVED.items()]
    visit = PlannedCall("Eve", DRAINER, drainer.call_data("drain"), STAKE)
    withdrawals = [PlannedCall(who, POOL, pool.call_data("withdraw")) for who in ("Eve", *SAVED)]
    storage = variables(drainer, {"pool": POOL})
    return AttackScene(
        blocks=tuple(CallsOfBlock(tuple(calls)) for calls in (deposits, [visit], withdrawals)),
        contracts={
            "pool": (POOL, Account(nonce=1, code=pool.code)),
            "drainer": (DRAINER, account(drainer, storage)),
        },
        assets={"ether": ether},
        people=("Eve", *SAVED),
    )


def scene(defended: bool) -> AttackScene:
    """Return the visit to the pool with the guard, or without it."""
    return visit_pool("ether_pool_guarded" if defended else "ether_pool")


ATTACK = Attack(
    "reentrancy",
    "Eve's contract is paid by a pool, and withdraws again before the pool has written down that it paid.",
    "A guard lets nobody into the pool while it is paying; writing first and paying afterwards works, too.",
    scene,
    ("Eve", "ether"),
)
