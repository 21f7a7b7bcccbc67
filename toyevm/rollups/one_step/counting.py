"""How many micro-steps an opcode is, from a plain machine: its states are counted without a commitment to any of them.

It follows from what was moved, and that from the operands and from what the step has done. A machine over nodes finds
the same number by trying; the tests compare the two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from toyevm.errors import Revert
from toyevm.rollups.one_step.byte_strings import string_of
from toyevm.rollups.one_step.context import MOST_PRECOMPILE_INPUT
from toyevm.rollups.one_step.work import Kind, micro_steps_of
from toyevm.types import Hash32
from toyevm.vm.frame import BlockEnv, Frame, Machine
from toyevm.vm.interpreter import step
from toyevm.vm.opcodes import BY_NAME
from toyevm.vm.precompiles import Precompile

Moves = Callable[["StepCounter", Machine, Frame, list[int]], int]


class StepCounter:
    """Runs opcodes, and counts. `env` is the block's, with precompiles that note what they are given.

    `posted` are the inputs too long for a witness: they must be on L1 before a step with such a precompile is shown.
    """

    def __init__(self, env: BlockEnv) -> None:
        self.env = replace(env, precompiles={address: self._noting(row) for address, row in env.precompiles.items()})
        self.posted: dict[Hash32, bytes] = {}
        self.long_sizes: list[int] = []

    def _noting(self, row: Precompile) -> Precompile:
        def gas(data: bytes) -> int:
            if len(data) > MOST_PRECOMPILE_INPUT:
                node = string_of(data)
                assert node is not None
                self.posted[node.hash] = data
                self.long_sizes.append(len(data))
            return row.gas(data)

        return replace(row, gas=gas)

    def step(self, machine: Machine) -> int:
        """Run one opcode and return how many micro-steps it is."""
        frame = machine.frames[-1]
        moves = _MOVES.get(frame.code.padded[frame.pc])
        if moves is None:
            step(machine)
            return 1
        operands, depth = frame.stack[:-8:-1], len(machine.frames)
        self.long_sizes.clear()
        step(machine)
        is_cut_short = len(machine.frames) < depth and frame.failure and not isinstance(frame.failure, Revert)
        return 1 if is_cut_short else 1 + moves(self, machine, frame, operands)


def _hash(counter: StepCounter, machine: Machine, frame: Frame, operands: list[int]) -> int:
    return micro_steps_of(Kind.HASH, operands[1])


def _copy(operand: int) -> Moves:
    return lambda counter, machine, frame, operands: micro_steps_of(Kind.COPY, operands[operand])


def _log(counter: StepCounter, machine: Machine, frame: Frame, operands: list[int]) -> int:
    return micro_steps_of(Kind.TAKE, operands[1])


def _end(counter: StepCounter, machine: Machine, frame: Frame, operands: list[int]) -> int:
    """Count what RETURN and REVERT move: the output, part of it into the caller's memory; or new code, and its hash."""
    message, size = frame.message, operands[1]
    count = 0
    if message.is_create and frame.failure is None:
        count = micro_steps_of(Kind.CHUNKS, size) + micro_steps_of(Kind.HASH, size)
    if not machine.frames:
        return count + micro_steps_of(Kind.TAKE, size)
    if message.is_create:
        return count + (micro_steps_of(Kind.TAKE, size) if frame.failure else 0)
    return micro_steps_of(Kind.TAKE, size) + micro_steps_of(Kind.COPY, min(message.return_size, size))


def _call(size_at: int) -> Moves:
    def moves(counter: StepCounter, machine: Machine, frame: Frame, operands: list[int]) -> int:
        if machine.frames[-1] is not frame:
            return micro_steps_of(Kind.TAKE, operands[size_at - 2])
        count = sum(micro_steps_of(Kind.TAKE, size) for size in counter.long_sizes)
        return count + micro_steps_of(Kind.COPY, min(operands[size_at], len(frame.return_data)))

    return moves


def _create(is_salted: bool) -> Moves:
    def moves(counter: StepCounter, machine: Machine, frame: Frame, operands: list[int]) -> int:
        count = micro_steps_of(Kind.HASH, operands[2]) if is_salted else 0
        return count + (0 if machine.frames[-1] is frame else micro_steps_of(Kind.CHUNKS, operands[2]))

    return moves


_BY_NAME: dict[str, Moves] = {
    "KECCAK256": _hash,
    **dict.fromkeys(("CALLDATACOPY", "CODECOPY", "RETURNDATACOPY", "MCOPY"), _copy(2)),
    "EXTCODECOPY": _copy(3),
    **{f"LOG{n}": _log for n in range(5)},
    **dict.fromkeys(("RETURN", "REVERT"), _end),
    **dict.fromkeys(("CALL", "CALLCODE"), _call(6)),
    **dict.fromkeys(("DELEGATECALL", "STATICCALL"), _call(5)),
    "CREATE": _create(is_salted=False),
    "CREATE2": _create(is_salted=True),
}
_MOVES = {BY_NAME[name].code: moves for name, moves in _BY_NAME.items()}
