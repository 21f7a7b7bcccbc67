"""A DAO captured by who has most of its votes, and the timelock in which everybody else leaves.

The DAO owns a bank. Mallory, who has most shares, proposes to move all deposits to her. She votes in the last block in
which she can, when everybody thinks that it has failed, and executes it in the next. No rule is broken: a majority may
do this. What a timelock protects is the minority, who can withdraw before it happens.
"""

from __future__ import annotations

from toyevm.contracts import load_contract
from toyevm.units import ETHER
from toyevm.workloads.applications.dao.workload import DAO, DELAY, SO_FAR, dao_account
from toyevm.workloads.applications.proxy.workload import BANK
from toyevm.workloads.attacks.base import Attack, AttackScene, CallsOfBlock, ether
from toyevm.workloads.planned_blocks import PlannedCall, account, address_named, entries, variables

DEPOSITS = {"Ann": 60 * ETHER, "Bob": 40 * ETHER}


def scene(defended: bool) -> AttackScene:
    """Return a proposal, a late vote, the first try to execute it, two withdrawals, and a second try after two days."""
    dao, bank = load_contract("dao"), load_contract("bank")
    action = BANK, 0, bank.call_data("rescue", address_named("Mallory"))
    propose, vote, queue, execute = (
        PlannedCall("Mallory", DAO, dao.call_data(function, *arguments))
        for function, arguments in (("propose", action), ("vote", (0, 1)), ("queue", (0,)), ("execute", (0, *action)))
    )
    withdrawals = tuple(PlannedCall(who, BANK, bank.call_data("withdraw", amount)) for who, amount in DEPOSITS.items())
    shares = {address_named("Mallory"): 2 * SO_FAR, address_named("Ann"): SO_FAR, address_named("Bob"): ETHER}
    deposits: dict[int | bytes, int] = {address_named(who): amount for who, amount in DEPOSITS.items()}
    storage = variables(bank, {"owner": DAO}) | entries(bank, "depositOf", deposits)
    return AttackScene(
        blocks=(
            *map(CallsOfBlock, [(propose,), (), (vote,), (queue, execute), withdrawals]),
            CallsOfBlock((execute,), wait=DELAY),
        ),
        contracts={
            "DAO": (DAO, dao_account(dao, shares, voting_period=2, delay=DELAY if defended else 0)),
            "bank": (BANK, account(bank, storage, balance=sum(DEPOSITS.values()))),
        },
        assets={"ether": ether},
        people=("Mallory", *DEPOSITS),
    )


ATTACK = Attack(
    "no_timelock",
    "Mallory has most of the votes, and what she votes for happens before anybody can withdraw.",
    "What has passed waits in a timelock for two days, and whoever disagrees withdraws.",
    scene,
    ("Mallory", "ether"),
)
