"""What the cells of lesson 15 run: both bets, both designs, the balance sheets of two attacks, and the mixed block."""

from __future__ import annotations

from functools import cache

from toyevm.backends import BACKENDS, RunConfig
from toyevm.simulation.metrics import measure
from toyevm.teaching.lessons.applications.mix_profile import (
    DESIGNS,
    MIXED,
    PEOPLE,
    MixProfile,
    profile_of_block,
    profile_of_mix,
)
from toyevm.units import ETHER
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.attacks import ATTACKS, BalanceSheet

CORES = 16
FALLING = (
    ("quiet day: 60 pledge", "lending-pledge"),
    ("quiet day: 60 borrow", "lending-borrow"),
    ("price fell: 60 liquidate", "lending-liquidate"),
)
WITH_TWO_DESIGNS = ("drop", "market", "loans", "game")
IN_MIXED_BLOCK = {"": "payments", "token": "token", "channels": "vouchers", "market": "market", "minted token": "mints"}


def ranked() -> str:
    """Return the best speedup of the three blocks of the bet."""
    return ", ".join(f"{name} {profile_of_mix({name: 1}).speedup:.1f}×" for name in ("payments", "drop", "swaps"))


def half_and_half() -> str:
    """Return what becomes of two applications, each a chain when it is alone, in one block."""
    profile = profile_of_mix({"swaps": 1, "drop": 1})
    chains = " and ".join(f"a chain of {row.chain} {row.name.replace('drop', 'purchases')}" for row in profile.rows)
    return f"{chains}: span {profile.span}, at best {profile.speedup:.1f}×"


@cache
def both_designs(transactions: int = 60) -> str:
    """Return the best speedup of each design, each call one unit, and that of Block-STM, in simulated time."""
    lines = [
        f"{'':<8}" + "".join(f"{design:>20}" for design in DESIGNS),
        f"{'':<8}" + 2 * f"{'at best':>10}{'16 cores':>10}",
    ]
    for name in WITH_TWO_DESIGNS:
        figures = []
        for application in (MIXED[name].one_sum, MIXED[name].spread):
            block = APPLICATIONS[application](transactions, users=PEOPLE)
            run = BACKENDS.named("block_stm").execute_block(block.pre, block.block, RunConfig(block.chain, CORES))
            metrics = measure(run, CORES, block.block.header.coinbase)
            figures += [profile_of_block(block, {MIXED[name].contract: name}).speedup, metrics.speedup]
        lines.append(f"{name:<8}" + "".join(f"{figure:>9.1f}×" for figure in figures))
    return "\n".join(lines)


def attack_sheet(name: str) -> str:
    """Return who has how much more, or less, after an attack on real contracts: without its defence, and with it.

    Raises:
        InputError: there is no such attack.
    """
    attack = ATTACKS[name]
    lines = [attack.summary, f"defence: {attack.defence}"]
    for words, defended in (("without it", False), ("with it", True)):
        sheet = attack(defended=defended)
        lines += [f"{words}:", *(f"  {line}" for line in _changes(sheet))]
    return "\n".join(lines)


def _changes(sheet: BalanceSheet) -> list[str]:
    rows = [
        f"{row.owner:<10}{row.change / ETHER:>+12,.1f} {row.asset}"
        for row in sheet.rows
        if row.change and row.owner not in ("DAI", "WETH")
    ]
    failed = [
        f"{sheet.calls[place].call.sender}'s call reverts" + (f": {why}" if why != "revert" else "")
        for place, why in sheet.failures.items()
    ]
    return [*rows, *failed] or ["nobody gains or loses"]


@cache
def mixed_block() -> MixProfile:
    """Return the profile of the block that runs through all lessons."""
    pools = {f"pool {number}": "swaps" for number in range(4)}
    return profile_of_block(APPLICATIONS["mixed"](40), IN_MIXED_BLOCK | pools)


@cache
def falling_price() -> str:
    """Return what 60 calls to the lending pool are like: pledges, loans, and liquidations after a fall."""
    lines = [f"{'':<24}{'longest chain':>14}   {'most meet at':<15}{'at best':>8}"]
    for words, name in FALLING:
        profile = profile_of_block(APPLICATIONS[name](60, users=PEOPLE), {"lending": "loans"})
        (row,) = profile.rows
        lines.append(f"{words:<24}{row.chain:>14}   {row.place:<15}{profile.speedup:>7.1f}×")
    return "\n".join(lines)


@cache
def bargain(searchers: int) -> str:
    """Return what a block of 24 swaps is like in which so many searchers want the same bargain."""
    block = APPLICATIONS["amm-arbitrage"](24, users=PEOPLE, searchers=searchers)
    pools = {f"pool {number}": "swaps" for number in range(8)}
    profile = profile_of_block(block, pools)
    results = BACKENDS.named("sequential").execute_block(block.pre, block.block, RunConfig(block.chain)).result.results
    reverted = sum(not result.succeeded for result in results)
    return f"{searchers:>2} searchers: {reverted:>2} revert; span {profile.span:>2}, at best {profile.speedup:.1f}×"
