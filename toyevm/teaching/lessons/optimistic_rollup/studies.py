"""What the cells of lesson 11 print: the bet, L1's one step, and the dispute about the mixed block in the stepper."""

from __future__ import annotations

from toyevm.rollups.one_step.witness import StepRefused, check_step, make_witness
from toyevm.teaching.kit.bisection.eight_steps import context, honest
from toyevm.teaching.kit.bisection.proposers import claims_of
from toyevm.teaching.kit.stepper import Stepper
from toyevm.teaching.lessons.optimistic_rollup.disputes import million, race


def million_steps() -> str:
    """Return the dispute about a transaction of a million steps."""
    count, dispute = million()
    return (
        f"{count:,} steps, the lie is at step 777,777: {dispute.rounds} rounds, and L1 ran 1 step, "
        f"with {dispute.witness} bytes about the machine"
    )


def one_step_on_l1() -> str:
    """Return what L1 does with the witness of step 3, and with one that has been changed."""
    state = honest()[3]
    witness = make_witness(state.node, context())
    forged = witness.replace(b"\x04", b"\x5c", 1) if b"\x04" in witness else witness
    found, other = (check_step(state.hash, each, context()) for each in (witness, forged))
    assert isinstance(found, bytes)
    said = f"refused: {other.reason}" if isinstance(other, StepRefused) else other.hex()[:6]
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
