"""`toyevm run`: one message call, timed if asked for, traced if asked for."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TextIO

from toyevm.cli.output import to_json
from toyevm.errors import InputError
from toyevm.forks import DEFAULT_FORK, fork_named
from toyevm.state import Account, StateDiff, WorldState
from toyevm.tracer import trace_rows
from toyevm.types import Address
from toyevm.vm.compiler import compiled_source
from toyevm.vm.frame import BlockEnv, Machine
from toyevm.vm.interpreter import run
from toyevm.vm.message import MessageResult, begin_message, default_env, finish_message
from toyevm.workloads.json_input import check_supply, parse_alloc, parse_bytes, parse_int, parse_storage, read_json

WARM_UP_RUNS = 150  # a place is compiled after some visits, and the places it leads to a little later
WARM_UP_SECONDS = 1.0


@dataclass(frozen=True)
class Call:
    """A message call, read and checked."""

    world: WorldState
    env: BlockEnv
    sender: Address
    address: Address
    input: bytes
    value: int
    gas: int

    def begin(self) -> Machine:
        """Return a fresh machine about to run the call; the world is never changed, so calls can be repeated."""
        return begin_message(
            self.world, self.env, sender=self.sender, address=self.address, input=self.input, value=self.value,
            gas=self.gas,
        )  # fmt: skip


def read_call(
    *,
    code: str | None,
    alloc: Path | None,
    to: str | None,
    input: str,
    sender: str,
    address: str,
    value: str,
    gas: str,
    storage: Path | None,
    fork: str | None,
) -> Call:
    """Read the options of the command.

    Raises:
        InputError: naming the option at fault.
    """
    if (code is None) == (alloc is None) or (alloc is None) != (to is None):
        raise InputError("give either --code, or --alloc with --to")
    if alloc is not None:
        target = parse_bytes(to, "--to", 20)
        world = parse_alloc(read_json(alloc), str(alloc))
    else:
        target = parse_bytes(address, "--address", 20)
        world = WorldState({target: Account(nonce=1, code=parse_bytes(code, "--code"))})
    if storage is not None:
        slots = parse_storage(read_json(storage), str(storage))
        account = world.accounts.get(target, Account())
        world = WorldState({**world.accounts, target: replace(account, storage={k: v for k, v in slots.items() if v})})
    amount = parse_int(value, "--value")
    check_supply(world, "--value" if amount else str(alloc), amount)
    return Call(
        world=world,
        env=default_env(DEFAULT_FORK if fork is None else fork_named(fork)),
        sender=parse_bytes(sender, "--sender", 20),
        address=target,
        input=parse_bytes(input, "--input"),
        value=amount,
        gas=parse_int(gas, "--gas", 63),
    )


def warm_up(call: Call, runs: int | None) -> None:
    """Run the call that often; by default, until what is worth compiling is compiled, or a second has passed."""
    start = time.process_time()
    for _ in range(WARM_UP_RUNS if runs is None else runs):
        run(call.begin())
        if runs is None and time.process_time() - start > WARM_UP_SECONDS:
            break


def explain(call: Call) -> str:
    """Return the Python that tier 1 made of the called code, a function for each place where it is entered often.

    The state of the call decides which places those are, so it is run first.
    """
    warm_up(call, None)
    frames = call.begin().frames
    return compiled_source(frames[0].message.code, call.env.fork) if frames else ""


def run_call(call: Call, repeat: int, warmup: int | None) -> dict[str, Any]:
    """Run the call and return the JSON of its result; the seconds are CPU time of each repeat."""
    warm_up(call, warmup)
    seconds: list[float] = []
    for _ in range(repeat):
        start = time.process_time()
        machine = call.begin()
        run(machine)
        result = finish_message(machine, call.gas)
        seconds.append(time.process_time() - start)
    return describe(result) | {"seconds": seconds}


def describe(result: MessageResult) -> dict[str, Any]:
    """Return a result as JSON: numbers as numbers, bytes as hex."""
    return {
        "gasUsed": result.gas_used,
        "refund": result.refund,
        "output": "0x" + result.output.hex(),
        "error": result.error,
        "logs": [
            {
                "address": "0x" + log.address.hex(),
                "topics": [f"0x{topic:064x}" for topic in log.topics],
                "data": "0x" + log.data.hex(),
            }
            for log in result.logs
        ],
    }


def write_trace(call: Call, target: str) -> bool:
    """Write one EIP-3155 row a step, then the summary line, to a file or, for `-`, to stdout.

    Returns:
        whether somebody still reads stdout: a call that is traced may take minutes.

    Raises:
        InputError: when the file cannot be written.
    """
    if target == "-":
        return _write_rows(call, sys.stdout)
    try:
        with open(target, "w", encoding="utf-8") as file:
            return _write_rows(call, file)
    except OSError as error:
        raise InputError(error.strerror or "cannot be written", f"--trace {target}", "a writable file") from error


def _write_rows(call: Call, file: TextIO) -> bool:
    machine = call.begin()
    for row in trace_rows(machine):
        file.write(to_json(row) + "\n")
        if getattr(file, "unread", False):
            return False
    result, after = finish_message(machine, call.gas), call.world
    if result.error is None:  # a call that fails leaves nothing
        after = after.apply(StateDiff(result.write_set, frozenset(machine.journal.touched)))
    summary = {
        "stateRoot": "0x" + after.root.hex(),
        "output": "0x" + result.output.hex(),
        "gasUsed": hex(result.gas_used),
        "pass": result.error is None,
    }
    file.write(to_json(summary) + "\n")
    return True
