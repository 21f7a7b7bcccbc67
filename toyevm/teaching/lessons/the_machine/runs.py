"""What lesson 01 runs: small programs in a tiny test world, and a block of four transactions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from toyevm.assembler import assemble
from toyevm.errors import InputError
from toyevm.results import TxResult
from toyevm.state import StateDiff
from toyevm.teaching.lab.lessons import find_lesson
from toyevm.tracer import StepRecord, record_steps
from toyevm.transition import check_transaction, execute_transaction
from toyevm.types import Location, Read
from toyevm.vm.message import begin_message, execute_message, world_with_code
from toyevm.workloads.mainnet import load_block
from toyevm.workloads.workload import Workload

LESSON = "01-the-machine"
NAMES = {
    "66adb439d2093724ab5a5644a278670979a809fa": "Ann",
    "56ab753ca848f46c3553b7b45706b3b8d657ef41": "Bob",
    "36b1b19b9a6065f93d7a60ffaa728ac97dab930e": "Cleo",
    "3deca98266346e4dd37ad6f1933f9c17b7fab692": "Dan",
    "c0" * 20: "counter",
}  # addresses of block.json


def steps_of(program: str, gas: int = 100_000, storage: Mapping[int, int] | None = None) -> list[StepRecord]:
    """Put a program into an account of a tiny test world, call it, and return a record of every step."""
    world = world_with_code(assemble(program), storage=storage)
    return list(record_steps(begin_message(world, gas=gas)))


@dataclass(frozen=True, slots=True)
class CountedCall:
    """What one call returned, as two words, and what it cost."""

    memory: int
    storage: int
    gas_used: int


def call_in_turn(program: str, times: int) -> list[CountedCall]:
    """Call a program again and again: each call starts from the storage that the one before it left."""
    world, calls = world_with_code(assemble(program)), []
    for _ in range(times):
        result = execute_message(world)
        memory, storage = (int.from_bytes(result.output[at : at + 32], "big") for at in (0, 32))
        calls.append(CountedCall(memory, storage, result.gas_used))
        world = world.apply(StateDiff(result.write_set))
    return calls


def load_four() -> Workload:
    """Return the block of four transactions that lies beside the lesson, with the names of its accounts."""
    real = load_block(find_lesson(LESSON) / "block.json")
    names = {bytes.fromhex(address): name for address, name in NAMES.items()}
    return Workload(real.chain, real.pre, real.block, names)


class OnlyThese:
    """A world that knows what is in a read set, and nothing else."""

    def __init__(self, reads: Mapping[Location, Read]) -> None:
        self.reads = reads

    def read(self, location: Location) -> Read:
        """Return what was read at a location; any other location ends the run."""
        if location not in self.reads:
            raise InputError(f"the machine asked for {location}, which is not in this read set")
        return self.reads[location]


def run_alone(block: Workload, tx_index: int, reads: Mapping[Location, Read]) -> TxResult:
    """Return what one transaction of a block does in a world that knows only these reads."""
    world, env = OnlyThese(reads), block.chain.env(block.block)
    return execute_transaction(world, env, check_transaction(world, env, block.block.transactions[tx_index]))
