"""What the cells of lesson 11 print: the bet, L1's one step, and the dispute about the mixed block in the stepper."""

from __future__ import annotations

from toyevm.rollups.one_step.witness import StepRefused, check_step, make_witness
from toyevm.rollups.optimistic.game import CLOCK, DAY
from toyevm.rollups.optimistic.rollup import PROPOSER, OptimisticRollup
from toyevm.rollups.optimistic.ways_to_settle import ways_to_settle
from toyevm.teaching.kit.bisection.eight_steps import context, honest
from toyevm.teaching.kit.bisection.proposers import claims_of
from toyevm.teaching.kit.stepper import Stepper
from toyevm.teaching.lessons.optimistic_rollup.disputes import million, race
from toyevm.units import ETHER
from toyevm.workloads.wallets import wallet

REFUSED = {"wrong-root": "refused: its parts do not lead to the hash of state 3"}


def million_steps() -> str:
    """Return the dispute about a transaction of a million steps."""
    count, dispute = million()
    return (
        f"{count:,} steps, the lie is at step 777,777: {dispute.rounds} rounds, and L1 ran 1 step, "
        f"and was shown {dispute.witness} bytes of the machine for it"
    )


def one_step_on_l1() -> str:
    """Return what L1 does with the witness of step 3, and with one that has been changed."""
    state = honest()[3]
    witness = make_witness(state.node, context())
    forged = witness.replace(b"\x04", b"\x5c", 1) if b"\x04" in witness else witness
    found, other = (check_step(state.hash, each, context()) for each in (witness, forged))
    assert isinstance(found, bytes)
    said = REFUSED[other.reason] if isinstance(other, StepRefused) else other.hex()[:6]
    return "\n".join(
        [
            f"agreed: state 3 is {state.short}, Mallory's state 4 is {claims_of('Mallory')[4].short}",
            f"a witness of {len(witness)} bytes: L1 runs step 3, and gets {found.hex()[:6]}",
            f"the same with one byte changed: {said}",
        ]
    )


def race_stepper() -> Stepper:
    """Return the true steps of the transaction in dispute, at the step that L1 has run."""
    return Stepper(race().steps, start=race().at)


def past_the_sequencer() -> str:
    """Return what L1 answers to a sequencer who leaves out Bob's withdrawal, which waits in the queue on L1."""
    rollup = OptimisticRollup(["Bob"], sequencer=wallet(PROPOSER).address)
    rollup.deposit("Bob", 10 * ETHER)
    rollup.wait_out(rollup.propose())
    message = rollup.withdraw("Bob", 3 * ETHER, is_forced=True)
    rows: list[str] = []
    for hours in (2, 10):
        rollup.l1.wait(hours * 3_600)
        answer = rollup.propose(skips=True).answer
        said = "accepts it" if answer.accepted else f"refuses it: {answer.reason}"
        rows.append(f"{'then ' * bool(rows)}{hours} hours later, a batch without Bob's withdrawal: L1 {said}")
    taken = rollup.propose(who="Bob").answer.accepted
    rows.append(f"Bob posts the next batch, with the withdrawal: L1 {'accepts' if taken else 'refuses'} it")
    rollup.l1.wait(CLOCK)
    for proposal in rollup.proposals[1:]:
        rollup.resolve(proposal)
    rollup.prove(message)
    rollup.l1.wait(rollup.contract.terms.gap)
    before = rollup.l1_balance("Bob")
    rollup.finalize(message)
    paid = (rollup.l1_balance("Bob") - before) // ETHER
    rows.append(
        f"nobody objects for 3.5 days; 3.5 days after Bob has shown the proof of the burn: L1 pays Bob {paid} ether"
    )
    return "\n".join(rows)


def three_ways() -> str:
    """Return what the same eight payments cost, settled in three ways on our L1."""
    head = ("", "no dispute", "a wrong dispute", "at worst", "bond", "L1 gas", "with dispute")
    rows = [
        (
            way.name,
            *map(_duration, (way.quiet_delay, way.disputed_delay, way.worst_delay)),
            f"{way.bond / ETHER:.2f} ether",
            *(f"{gas:,}" for gas in (way.quiet_gas, way.disputed_gas)),
        )
        for way in ways_to_settle(8)
    ]
    widths = (17, 11, 16, 11, 11, 10, 13)
    lines = ("".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in [head, *rows])
    return "\n".join(line.rstrip() for line in lines)


def _duration(seconds: int) -> str:
    return f"{seconds / DAY:.1f} days" if seconds >= DAY else f"{seconds} seconds"
