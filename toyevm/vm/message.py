"""One message call on its own, as `toyevm run` makes it: no transaction around it, no intrinsic gas, no refund."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from toyevm.blocks import Log
from toyevm.forks import DEFAULT_FORK, Fork
from toyevm.journal import Journal
from toyevm.state import Account, StateView, WorldState
from toyevm.types import Address, Location, Read, Value
from toyevm.vm.frame import BlockEnv, Machine, Message, TxEnv
from toyevm.vm.instructions.calls import entry_code
from toyevm.vm.interpreter import enter, run
from toyevm.vm.precompiles import precompiles_of

DEFAULT_SENDER: Address = b"\xaa" * 20
DEFAULT_ADDRESS: Address = b"\xcc" * 20
DEFAULT_GAS = 10**9


class MessageResult(NamedTuple):
    """How a message call ended: `error` is None, "revert", or the name of the exceptional halt."""

    gas_used: int
    refund: int
    output: bytes
    error: str | None
    logs: tuple[Log, ...]
    read_set: Mapping[Location, Read]
    write_set: Mapping[Location, Value]


def default_env(fork: Fork = DEFAULT_FORK) -> BlockEnv:
    """Return a block environment for code that does not care about the block."""
    return BlockEnv(fork, precompiles_of(fork))


def world_with_code(
    code: bytes, address: Address = DEFAULT_ADDRESS, storage: Mapping[int, int] | None = None
) -> WorldState:
    """Return a world with one contract."""
    return WorldState({address: Account(nonce=1, code=code, storage=dict(storage or {}))})


def idle_machine(
    view: StateView,
    env: BlockEnv | None = None,
    *,
    sender: Address = DEFAULT_SENDER,
    address: Address = DEFAULT_ADDRESS,
) -> Machine:
    """Return a machine without a frame, for a call of `address`: caller, callee and precompiles are warm."""
    env = env or default_env()
    journal = Journal(view)
    journal.warm_addresses = {**env.always_warm, sender: True, address: True}
    return Machine(env, TxEnv(sender), journal)


def begin_message(
    view: StateView,
    env: BlockEnv | None = None,
    *,
    sender: Address = DEFAULT_SENDER,
    address: Address = DEFAULT_ADDRESS,
    input: bytes = b"",
    value: int = 0,
    gas: int = DEFAULT_GAS,
) -> Machine:
    """Return a machine that is about to run the code at `address`; drive it with `step`, `run` or the tracer."""
    machine = idle_machine(view, env, sender=sender, address=address)
    open_message(machine, Message(sender, address, b"", gas, value, input))
    return machine


def open_message(machine: Machine, message: Message) -> None:
    """Let a machine without a frame stand before the first instruction of a call from outside."""
    journal = machine.journal
    if message.value:  # whoever calls from outside the world has what they send
        journal.set_balance(message.caller, journal.balance(message.caller) + message.value)
    message.code, message.precompile = entry_code(journal, machine.env, message.address)
    enter(machine, message)


def finish_message(machine: Machine, gas: int = DEFAULT_GAS) -> MessageResult:
    """Collect what a machine that has stopped did with `gas`."""
    outcome, journal = machine.outcome, machine.journal
    assert outcome is not None
    journal.clear_empty_accounts()
    return MessageResult(
        gas_used=gas - outcome.gas_left,
        refund=journal.refund,
        output=outcome.output,
        error=None if outcome.failure is None else outcome.failure.name,
        logs=journal.logs,
        read_set=journal.reads,
        write_set=journal.write_set(),
    )


def execute_message(
    view: StateView,
    env: BlockEnv | None = None,
    *,
    sender: Address = DEFAULT_SENDER,
    address: Address = DEFAULT_ADDRESS,
    input: bytes = b"",
    value: int = 0,
    gas: int = DEFAULT_GAS,
) -> MessageResult:
    """Call the code at `address` and return how it ended.

    >>> execute_message(world_with_code(bytes.fromhex("60036002015f5260205ff3"))).output[-1]
    5
    """
    machine = begin_message(view, env, sender=sender, address=address, input=input, value=value, gas=gas)
    run(machine)
    return finish_message(machine, gas)
