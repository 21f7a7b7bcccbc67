"""The machines that are measured, behind one small door; toyevm is the first of them.

A `load` function prepares everything that a call or a block needs and is not timed; the function it returns does the
work, and is. So each machine finds a fresh copy of the state, where it keeps the state between blocks. In a call,
sender, target and precompiles are warm, all slots cold: all must charge the same gas, and the benchmark checks it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol

from toyevm.crypto import keccak256
from toyevm.results import TxResult
from toyevm.state import BlockView
from toyevm.transactions import decode_transaction
from toyevm.transition import check_transaction, execute_transaction
from toyevm.types import Field, Location, Version
from toyevm.vm.frame import Message, Outcome
from toyevm.vm.interpreter import enter, run
from toyevm.vm.message import DEFAULT_ADDRESS, DEFAULT_GAS, DEFAULT_SENDER, default_env, idle_machine
from toyevm.workloads.programs import FORK, Program, SignedBlock


@dataclass(frozen=True)
class CallOutcome:
    """What all machines must agree on; gas before any refund for a call, as paid for a block.

    The output of a block is a hash of the balances it leaves behind.
    """

    succeeded: bool
    gas_used: int
    output: bytes


class Peer(Protocol):
    """One implementation of the EVM. Making one raises ImportError where it is not installed."""

    name: str
    package: str  # as the package index calls it
    signatures: str  # the library that recovers senders

    def load(self, program: Program) -> Callable[[], Any]:
        """Return a function that makes the program's call; it is good for one call."""
        ...

    def outcome(self, answer: Any) -> CallOutcome:
        """Return what `answer`, which that function returned, says in common terms."""
        ...

    def load_block(self, block: SignedBlock) -> Callable[[], Any]:
        """Return a function that decodes, checks, executes and commits the transactions; it is good for one call.

        It ends with the state after the block. Roots, which no two machines compute at the same time, are left out.
        """
        ...

    def block_outcome(self, block: SignedBlock, answer: Any) -> CallOutcome:
        """Return what `answer`, which that function returned, says in common terms."""
        ...


def version_of(package: str) -> str | None:
    """Return the version of a package, if it is installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def digest(balances: list[int]) -> bytes:
    """Return a hash of the balances after a block: the token's, in the order of the slots, then the producer's."""
    return keccak256(b"".join(balance.to_bytes(32, "big") for balance in balances))


class ToyEvm:
    """This package. The read set is recorded, as always."""

    name = package = "toyevm"

    def __init__(self) -> None:
        self._env = default_env(FORK)
        self.signatures = "coincurve" if version_of("coincurve") else "py-ecc"

    def load(self, program: Program) -> Callable[[], Outcome]:
        """Hand over state and message, as to the others. Reads are recorded; writes are not listed in the end."""
        machine = idle_machine(program.world(), self._env)
        message = Message(DEFAULT_SENDER, DEFAULT_ADDRESS, program.code, DEFAULT_GAS, input=program.input)

        def execute() -> Outcome:
            enter(machine, message)
            return run(machine)

        return execute

    def outcome(self, answer: Outcome) -> CallOutcome:
        return CallOutcome(answer.failure is None, DEFAULT_GAS - answer.gas_left, answer.output)

    def load_block(self, block: SignedBlock) -> Callable[[], tuple[BlockView, list[TxResult]]]:
        """Do what the sequential backend does, from the bytes on; see `Peer.load_block`."""
        env, view = block.env, BlockView(block.world)

        def execute() -> tuple[BlockView, list[TxResult]]:
            results = []
            for tx_index, raw in enumerate(block.transactions):
                checked = check_transaction(view, env, decode_transaction(raw))
                result = execute_transaction(view, env, checked)
                view.commit(Version(tx_index), result.diff)
                view.pay(Version(tx_index), env.coinbase, result.fee)
                results.append(result)
            return view, results

        return execute

    def block_outcome(self, block: SignedBlock, answer: tuple[BlockView, list[TxResult]]) -> CallOutcome:
        view, results = answer
        locations = [Location(block.token, slot) for slot in block.token_slots]
        locations.append(Location(block.header.coinbase, Field.BALANCE))
        return CallOutcome(
            all(result.succeeded for result in results),
            sum(result.gas_used for result in results),
            digest([int(view.read(location).value) for location in locations]),
        )
