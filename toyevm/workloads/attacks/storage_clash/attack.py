"""An upgrade that puts new variables in front of the old, so that the code looks for everything in another slot.

Storage has no names: a compiler gives each variable the next slot, and a proxy keeps what the old code wrote. The new
code finds no owner where it looks for one. Mallory initialises the bank once more, as its owner, and rescues its ether.
"""

from __future__ import annotations

from toyevm.contracts import load_contract
from toyevm.units import ETHER
from toyevm.workloads.applications.proxy.workload import (
    ADMIN,
    BANK,
    BANK_GUARDED,
    PROXY,
    implementation,
    proxy_account,
)
from toyevm.workloads.attacks.base import Attack, AttackScene, CallsOfBlock, ether
from toyevm.workloads.planned_blocks import PlannedCall, address_named

DEPOSITS = {"Ann": 60 * ETHER, "Bob": 40 * ETHER}


def scene(defended: bool) -> AttackScene:
    """Return the upgrade by an honest admin, then Mallory's two calls."""
    version = "bank_guarded" if defended else "bank_reordered"
    bank, mallory = load_contract(version), address_named("Mallory")
    upgrade = PlannedCall(ADMIN, PROXY, load_contract("proxy").call_data("upgradeTo", BANK_GUARDED))
    calls = [PlannedCall("Mallory", PROXY, bank.call_data(function, mallory)) for function in ("initialize", "rescue")]
    deposits: dict[int | bytes, int] = {address_named(who): amount for who, amount in DEPOSITS.items()}
    return AttackScene(
        blocks=(CallsOfBlock((upgrade,)), CallsOfBlock(tuple(calls))),
        contracts={
            "bank": (PROXY, proxy_account(load_contract("bank"), BANK, deposits)),
            "first version": (BANK, implementation("bank")),
            "second version": (BANK_GUARDED, implementation(version)),
        },
        assets={"ether": ether},
        people=("Mallory", ADMIN, *DEPOSITS),
    )


ATTACK = Attack(
    "storage_clash",
    "After an upgrade the owner is looked for in another slot; Mallory becomes the owner.",
    "New variables come behind the old ones, so that each stays in its slot.",
    scene,
    ("Mallory", "ether"),
)
