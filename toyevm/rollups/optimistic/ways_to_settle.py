"""Three ways to settle the same payments, side by side: a game, a proof if somebody asks, a proof always.

Delays follow from the clocks and are those of L1 here; gas is that of this L1, whose precompiles make both a step and
a proof cheap: compare rows, not with Ethereum. Bonds are what an honest side has to have at hand, the other side's not
counted. What proving costs off L1 is in `seconds`, measured.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from random import Random

from toyevm.errors import InputError
from toyevm.rollups.optimistic.block_states import BlockStates
from toyevm.rollups.optimistic.challenger import Challenger
from toyevm.rollups.optimistic.corruptions import corrupt_storage
from toyevm.rollups.optimistic.game import CLOCK
from toyevm.rollups.optimistic.lying_states import LiePlace, LyingStates
from toyevm.rollups.optimistic.proof_on_dispute import PROVING, WINDOW, ProofOnDispute
from toyevm.rollups.optimistic.rollup import CHALLENGER, PROPOSER, OptimisticRollup
from toyevm.units import ETHER
from toyevm.workloads.wallets import wallet

UNIT = ETHER // 1_000


@dataclass(frozen=True)
class WayToSettle:
    """What one way costs; delays in seconds, bonds in wei, gas on L1.

    Attributes:
        quiet_delay: until L1 takes the root for final, when nobody doubts it.
        disputed_delay: the same, when somebody does who is wrong and answers soon.
        worst_delay: the same, when they wait with each answer as long as they may.
        bond: of the honest side, in a dispute.
        quiet_gas: of all transactions on L1, `disputed_gas` with the dispute, both sides.
        seconds: measured, of proving.
        lived: who settles so, and since when.
    """

    name: str
    quiet_delay: int
    disputed_delay: int
    worst_delay: int
    bond: int
    quiet_gas: int
    disputed_gas: int
    seconds: float
    lived: str


BISECTION = (
    "OP Stack: bisection still secures it, with 330 to 360 ether of bonds a side to reach the last step (three "
    "derivation bugs were found in an audit, January 2026); Arbitrum BoLD: 6.4 days + 6.4 days, 12.8 at most"
)
ON_DISPUTE = "OP Succinct Lite: a proof only on dispute"
ALWAYS = (
    "OP Succinct, and zk-rollups: a proof for all; Base Azul (live May 2026): 1 day with proofs of two kinds, TEE and "
    "zk, 7 then 5 days with one"
)


def bisection(payments: int, seed: int = 0) -> WayToSettle:
    """Settle payments by a game, once in peace and once against somebody who disputes what is right."""
    quiet, disputed = (_by_game(payments, seed, is_disputed) for is_disputed in (False, True))
    return WayToSettle(
        "bisection", quiet[0], disputed[0], 2 * CLOCK, *disputed[2:], quiet[1], disputed[1], 0.0, BISECTION
    )


def _by_game(payments: int, seed: int, is_disputed: bool) -> tuple[int, int, int]:
    rollup = OptimisticRollup(["Ann", "Bob", "Mallory"])
    rollup.deposit("Ann", 100 * ETHER)
    rollup.wait_out(rollup.propose())
    for _ in range(payments):
        rollup.pay("Ann", "Bob", UNIT)
    start, first = rollup.l1.now, len(rollup.l1.entries)
    proposal = rollup.propose()
    own = BlockStates(rollup.run(proposal.block, rollup.proposals[0].world))
    players = {PROPOSER: Challenger(own)}
    if is_disputed:
        lie = LyingStates(own, LiePlace(Random(seed).randrange(payments), 2), corrupt_storage, seed)
        players["Mallory"] = Challenger(lie)
    if not rollup.dispute(proposal, players):
        raise InputError("the honest proposal has fallen", "bisection")
    claims = rollup.contract.game(proposal.game).claims
    bond = sum(claim.bond for claim in claims if claim.claimant == "0x" + wallet(PROPOSER).address.hex())
    gas = sum(result.gas_used for entry in rollup.l1.entries[first:] for result in entry.results)
    return rollup.l1.now - start, gas, bond


def by_proof(payments: int) -> tuple[WayToSettle, WayToSettle]:
    """Settle payments by a proof that is asked for, and by one that is always brought.

    Raises:
        InputError: numpy is not installed.
    """
    from toyevm.rollups.zk_rollup.needs import need_numpy

    need_numpy("by_proof")
    quiet, disputed = (_by_doubt(payments, is_disputed) for is_disputed in (False, True))
    worst = WINDOW + PROVING
    delays, gas = (quiet[0], disputed[0], worst), (quiet[1], disputed[1])
    on_dispute = WayToSettle("proof on dispute", *delays, disputed[2], *gas, disputed[3], ON_DISPUTE)
    delay, price, seconds = _proven_at_once(payments)
    return on_dispute, WayToSettle("proof always", delay, delay, delay, 0, price, price, seconds, ALWAYS)


def _by_doubt(payments: int, is_disputed: bool) -> tuple[int, int, int, float]:
    from toyevm.rollups.zk_rollup.rollup import ZkRollup

    rollup = ZkRollup(["Ann", "Bob", PROPOSER, CHALLENGER])
    rollup.deposit("Ann", 100 * ETHER)
    rollup.batch()
    for _ in range(payments):
        rollup.pay("Ann", "Bob", UNIT)
    begun = time.perf_counter()
    batch = rollup.prove()
    seconds = time.perf_counter() - begun
    doubt, proposer = ProofOnDispute(rollup), wallet(PROPOSER)
    start = rollup.l1.now
    answers = [doubt.propose(proposer, batch)]
    if is_disputed:
        answers += [doubt.challenge(wallet(CHALLENGER)), doubt.prove(proposer, batch)]
    else:
        rollup.l1.wait(doubt.window)
        answers.append(doubt.settle(proposer))
    if doubt.root != batch.new_root:
        raise InputError(", ".join(each.reason for each in answers if not each.accepted) or "not final", "by_proof")
    return rollup.l1.now - start, sum(each.result.gas_used for each in answers), doubt.bond, seconds


def _proven_at_once(payments: int) -> tuple[int, int, float]:
    from toyevm.rollups.zk_rollup.rollup import ZkRollup

    rollup = ZkRollup(["Ann", "Bob"])
    rollup.deposit("Ann", 100 * ETHER)
    rollup.batch()
    for _ in range(payments):
        rollup.pay("Ann", "Bob", UNIT)
    start, begun = rollup.l1.now, time.perf_counter()
    answer = rollup.batch()
    if not answer.accepted:
        raise InputError(answer.reason, "by_proof")
    return rollup.l1.now - start, answer.result.gas_used, time.perf_counter() - begun


def ways_to_settle(payments: int, seed: int = 0) -> tuple[WayToSettle, ...]:
    """Return the three ways, each run on as many payments.

    Raises:
        InputError: numpy is not installed.
    """
    return bisection(payments, seed), *by_proof(payments)
