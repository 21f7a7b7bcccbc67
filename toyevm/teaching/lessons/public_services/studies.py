"""What the cells of lesson 16 run: the bets, an attack, what a court can move, and the mixed block as a diary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

from toyevm.analysis.conflicts import cost_in
from toyevm.analysis.dependencies import dependency_graph
from toyevm.backends import BACKENDS, RunConfig
from toyevm.contracts import load_contract, mapping_slot
from toyevm.simulation.schedule import list_schedule, speedup
from toyevm.state import Account
from toyevm.types import Address
from toyevm.units import ETHER
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.applications.dao.workload import DAO, SO_FAR, dao_account
from toyevm.workloads.applications.health_consent.workload import CONSENT
from toyevm.workloads.attacks import ATTACKS, AttackScene, BalanceSheet, play
from toyevm.workloads.attacks.base import CallsOfBlock
from toyevm.workloads.planned_blocks import PlannedCall, account, address_named, entries, word_named

KEY = bytes(range(101, 133))  # of Ann's record alone; a nurse's laptop has a copy
RECORD = b"Ann|1990-05-17|F32".ljust(32)
CORES = 16
SERVICES = {
    "votes of a DAO": ("dao-vote", "dao-vote-sharded"),
    "opened votes of an election": ("election-plain", "election-sharded"),
    "health consent": ("health-consent-one-head", "health-consent"),
    "handovers of boxes": ("supply-handover-one-log", "supply-handover"),
    "regulated shares": ("security-one-trail", "security"),
}


def _xor(text: bytes, key: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(text, key, strict=True))


@cache
def erased_record() -> str:
    """Return what is left of Ann's encrypted record after the contract has erased it."""
    consent, pointer = load_contract("health_consent"), _xor(RECORD, KEY)
    calls = (
        PlannedCall("Ann", CONSENT, consent.call_data("publish", b"\x11" * 32, pointer)),
        PlannedCall("Ann", CONSENT, consent.call_data("erase")),
    )
    sheet = play(
        AttackScene(
            blocks=tuple(CallsOfBlock((call,)) for call in calls),
            contracts={"consent": (CONSENT, Account(nonce=1, code=consent.code))},
            assets={},
            people=("Ann",),
        )
    )
    slot = mapping_slot(consent.slots["pointerOf"], address_named("Ann"))
    now = sheet.worlds[-1].accounts[CONSENT].storage.get(slot, 0)
    kept = sheet.calls[0].tx.data[-32:]
    return (
        f"the slot after erase(): {now}; still in block 1, on every node that keeps old blocks: {kept.hex()[:16]}…; "
        f"with the key on a nurse's laptop (toy cipher): {_xor(kept, KEY).decode().strip()}"
    )


@cache
def sixty_per_cent() -> str:
    """Return what comes of a proposal of 60 % of the shares if only Bob withdraws within the timelock's two days."""
    scene, shares = ATTACKS["no_timelock"].scene(True), {"Mallory": 6, "Ann": 3, "Bob": 1}
    held = {address_named(who): share * SO_FAR for who, share in shares.items()}
    dao = dao_account(load_contract("dao"), held, voting_period=2)
    blocks = tuple(replace(block, calls=tuple(c for c in block.calls if c.sender != "Ann")) for block in scene.blocks)
    sheet = play(replace(scene, blocks=blocks, contracts=dict(scene.contracts) | {"DAO": (DAO, dao)}))
    deposits = {"Ann": 60, "Bob": 40, "Mallory": 0}
    return ", ".join(
        f"{who} had {ether} ether in the bank, and got {sheet.change(who, 'ether') // ETHER} out of it"
        for who, ether in deposits.items()
    )


def borrowed_vote() -> str:
    """Return who has how much more ether after a vote with borrowed shares, without a snapshot and with one."""
    attack, rows = ATTACKS["borrowed_vote"], []
    for defended, what in ((False, "without a snapshot"), (True, "with a snapshot")):
        sheet = attack(defended=defended)
        rows.append(f"{what}: {_changes(sheet)}")
        rows += [f"    {sheet.calls[place].call.sender} is refused: {why}" for place, why in sheet.failures.items()]
    return "\n".join(rows)


def _changes(sheet: BalanceSheet) -> str:
    found = [f"{row.owner} {row.change // ETHER:+d} ether" for row in sheet.rows if row.asset == "ether" and row.change]
    return ", ".join(found) or "nobody has more or less"


@cache
def both_designs(transactions: int = 200) -> str:
    """Return the speedup of each service's two designs on 16 cores; simulated by a list schedule, weighed by gas."""
    rows = [f"{f'simulated, {CORES} cores':<30} {'one slot':>9} {'spread':>7}"]
    rows += [
        f"{service:<30} {_speedup(plain, transactions):>8.1f}x {_speedup(spread, transactions):>6.1f}x"
        for service, (plain, spread) in SERVICES.items()
    ]
    return "\n".join(rows)


def _speedup(name: str, transactions: int) -> float:
    made = APPLICATIONS[name](transactions)
    result = BACKENDS.named("sequential").execute_block(made.pre, made.block, RunConfig(made.chain)).result
    return speedup(list_schedule(dependency_graph(result.results), cost_in("gas", result), CORES))


LAND: Address = b"\x76" * 20
SHARE: Address = b"\x77" * 20
ORDER = b"\x01" * 32  # of a court


def lost_house() -> str:
    """Return what the real register says to a court, and registrar, that wants Ann's house at her new address."""
    land, new = load_contract("land_registry"), address_named("Ann's new key")
    calls = {"the court transfers the house": land.call_data("transfer", 5, new, ORDER)}
    calls["the registrar registers it again"] = land.call_data("register", 5, new, ORDER)
    holdings = {land.slots["registrar"]: word_named("court")} | entries(land, "ownerOf", {5: word_named("Ann")})
    return "; ".join(_said_to_court(LAND, account(land, holdings), calls))


def lost_shares() -> str:
    """Return what the real regulated share says to a court that moves what is at Ann's old address."""
    share, old, new = load_contract("security_token"), address_named("Ann"), address_named("Ann's new key")
    moves = {
        "to Ann's new address, without an order": (new, bytes(32)),
        "to Cem, who is not on the list": (address_named("Cem"), ORDER),
        "to Ann's new address": (new, ORDER),
    }
    calls = {what: share.call_data("forceTransfer", old, to, 40, order) for what, (to, order) in moves.items()}
    holdings = {share.slots["agent"]: word_named("court"), share.slots["most"]: 100}
    holdings |= entries(share, "balanceOf", {old: 40}) | entries(share, "countryOf", {old: 1, new: 1})
    return "\n".join(_said_to_court(SHARE, account(share, holdings), calls))


def _said_to_court(at: Address, contract: Account, calls: Mapping[str, bytes]) -> Iterator[str]:
    block = CallsOfBlock(tuple(PlannedCall("court", at, data) for data in calls.values()))
    sheet = play(AttackScene((block,), {"contract": (at, contract)}, assets={}, people=("Ann",)))
    for what, said in zip(calls, sheet.calls, strict=True):
        yield f"{what}: {'refused, ' + said.reason if said.reason else 'done'}"


@cache
def mixed_traces() -> str:
    """Return what the mixed block tells everybody for ever: bytes of input, and who can be followed."""
    made = APPLICATIONS["mixed"](40)
    results = BACKENDS.named("sequential").execute_block(made.pre, made.block, RunConfig(made.chain)).result.results
    seen: Counter[str] = Counter()
    for tx, result in zip(made.block.transactions, results, strict=True):
        topics = [topic.to_bytes(32, "big") for log in result.logs for topic in log.topics]
        public = b"".join([tx.sender, tx.to or b"", tx.data, *topics])
        seen.update(name for address, name in made.names.items() if name.startswith("user") and address in public)
    often = [f"{name} ({times})" for name, times in seen.most_common(3)]
    inputs = sum(len(tx.data) for tx in made.block.transactions)
    return (
        f"the mixed block: {len(made.block.transactions)} transactions, {inputs:,} bytes of input, for ever\n"
        f"{len(seen)} people, {sum(times > 1 for times in seen.values())} of them in more than one transaction; "
        f"most often: {', '.join(often)}"
    )
