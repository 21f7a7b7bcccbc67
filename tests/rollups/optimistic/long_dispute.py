"""A dispute about one transaction of 2**20 micro-steps: exactly 20 rounds, some 20 states to be computed.

python -m tests.rollups.optimistic.long_dispute --height 20
"""

from __future__ import annotations

import argparse
import json
import sys
import time

from tests.support.worlds import CONTRACT, contract, environment, signed, world
from toyevm.forks import SHANGHAI
from toyevm.rollups.one_step.block_trace import BlockTrace
from toyevm.rollups.one_step.items import item_of
from toyevm.rollups.one_step.trace import StepTrace, Tampering
from toyevm.rollups.optimistic.block_states import BlockStates
from toyevm.rollups.optimistic.board import PlainBoard, play_out
from toyevm.rollups.optimistic.challenger import Challenger
from toyevm.rollups.optimistic.claims import ItemClaim
from toyevm.rollups.optimistic.game import GameTerms, new_game
from toyevm.rollups.optimistic.verifier import verifier_of
from toyevm.vm.frame import Machine

TURN = 7  # opcodes of the loop
LOOP = "PUSH {turns} loop: JUMPDEST PUSH 1 SWAP1 SUB DUP1 PUSH @loop JUMPI"
GAS = 30_000_000


def looping(height: int) -> BlockTrace:
    """Return a block of one transaction with exactly 2**height micro-steps."""
    turns, tail = (2**height - 60) // TURN, 0
    while missing := 2**height - _looping(turns, tail).steps(0).count:
        tail += missing
    return _looping(turns, tail)


def _looping(turns: int, tail: int) -> BlockTrace:
    env = environment(SHANGHAI)
    code = " ".join([LOOP.format(turns=turns), *["JUMPDEST"] * tail])
    return BlockTrace(world({CONTRACT: contract(code)}), env, [item_of(env, signed(gas_limit=GAS))])


class TamperedStates(BlockStates):
    """The states of a liar whose machine has more gas from some step on."""

    def __init__(self, trace: BlockTrace, at: int) -> None:
        super().__init__(trace)
        self.tampered = StepTrace(trace.states[0], trace.worlds[0], trace.context(0), Tampering(at, _tamper))
        self.steps = lambda item: self.tampered  # type: ignore[assignment]

    def after(self, count: int) -> ItemClaim:
        if not count:
            return super().after(0)
        return ItemClaim(self.tampered.state(self.tampered.count).hash, (self.tampered.count - 1).bit_length())


def _tamper(machine: Machine) -> None:
    machine.frames[-1].gas_left += 5


def dispute(height: int) -> dict[str, int | float | bool | str]:
    start = time.process_time()
    trace = looping(height)
    own, lie = BlockStates(trace), TamperedStates(trace, 2**height // 3)
    board = PlainBoard(new_game(GameTerms(1), trace.states[0].hash, lie.after(1), "liar", 0), verifier_of(trace))
    play_out(board, {"honest": Challenger(own), "liar": Challenger(lie)})
    return {
        "microSteps": own.steps(0).count,
        "rounds": max(claim.depth for claim in board.game.claims),
        "statesComputed": len(own.hashes),
        "honestWins": not board.game.is_defended,
        "witness": own.shown[-1].size if own.shown else 0,
        "seconds": round(time.process_time() - start, 1),
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--height", type=int, default=20)
    found = dispute(parser.parse_args(arguments).height)
    print(json.dumps(found, indent=2))
    return 0 if found["honestWins"] else 1


if __name__ == "__main__":
    sys.exit(main())
