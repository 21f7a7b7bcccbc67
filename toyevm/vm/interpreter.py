"""The loop: look up the opcode, check the stack, charge, call its function, and again.

`step` is one turn of it; `run` is the same turn without stopping. Calls and creations do not recurse: an instruction
hands back a `Message` and the loop opens a frame for it (`enter`), an instruction hands back a `Return` and the loop
closes the frame (`_close`). A failure, inside a frame, is an exception; `_report` turns it into a 0 on the caller's
stack.
"""

from __future__ import annotations

from toyevm.errors import ExceptionalHalt, FrameFailure, Halt, Revert, Suspend
from toyevm.vm.compiler import visit
from toyevm.vm.frame import Frame, Machine, Message, Outcome, Refusal, Return
from toyevm.vm.opcodes import Action, dispatch_of
from toyevm.vm.precompiles import RIPEMD160


def step(machine: Machine) -> int:
    """Run one instruction of the innermost frame, and return the gas it cost.

    As tools have it (EIP-3155), the gas sent along with a call is part of that, however much of it comes back, and the
    gas for the init code of a creation is not.

    Raises:
        Suspend: when the view cannot answer yet; the machine is as it was, and the step may be tried again.
    """
    frame = machine.frames[-1]
    gas_before, pc_before = frame.gas_left, frame.pc
    run_opcode, gas, lowest, highest = dispatch_of(machine.env.fork)[frame.code.padded[pc_before]]
    try:
        if gas > gas_before or not lowest <= len(frame.stack) <= highest:
            raise _halt_before(len(frame.stack), lowest, highest)
        frame.gas_left = gas_before - gas
        frame.pc = pc_before + 1
        action = run_opcode(frame)
    except Suspend:
        frame.gas_left, frame.pc = gas_before, pc_before
        raise
    except FrameFailure as failure:
        _close(machine, frame, failure)
        return gas_before - frame.gas_left
    cost = gas_before - frame.gas_left
    _perform(machine, frame, action)
    return cost


def run(machine: Machine) -> Outcome:
    """Run until the outermost frame has ended: `step`, in a tight loop.

    Raises:
        Suspend: as `step` does.
    """
    dispatch, frames = dispatch_of(machine.env.fork, visit), machine.frames
    while frames:
        frame = frames[-1]
        code, stack = frame.code.padded, frame.stack
        try:
            action = visit(frame)
            while True:  # `while action is None` would not warm up: CPython 3.11 counts only unconditional jumps back
                if action is not None:
                    break
                pc, gas_before = frame.pc, frame.gas_left
                run_opcode, gas, lowest, highest = dispatch[code[pc]]
                if gas > gas_before or not lowest <= len(stack) <= highest:
                    raise _halt_before(len(stack), lowest, highest)
                frame.gas_left = gas_before - gas
                frame.pc = pc + 1
                action = run_opcode(frame)
        except Suspend as refusal:
            if not refusal.is_rewound:
                frame.gas_left, frame.pc = gas_before, pc
            raise
        except FrameFailure as failure:
            _close(machine, frame, failure)
        else:
            _perform(machine, frame, action)
    assert machine.outcome is not None
    return machine.outcome


def _halt_before(height: int, lowest: int, highest: int) -> ExceptionalHalt:
    """Say why an instruction cannot even begin: a stack of the wrong height comes before a lack of gas."""
    if height < lowest:
        return ExceptionalHalt(Halt.STACK_UNDERFLOW)
    return ExceptionalHalt(Halt.STACK_OVERFLOW if height > highest else Halt.OUT_OF_GAS)


def _perform(machine: Machine, frame: Frame, action: Action) -> None:
    """Do what an instruction asked for."""
    if isinstance(action, Message):
        if action.is_create:
            frame.gas_left -= action.gas
        enter(machine, action)
    elif isinstance(action, Return):
        _close(machine, frame, None, action.output)
    elif isinstance(action, Refusal):
        frame.return_data = b""
        frame.gas_left += action.gas
        frame.stack.append(0)


def enter(machine: Machine, message: Message) -> None:
    """Begin a call or creation: move the value, then open a frame, or let a precompile answer at once."""
    journal = machine.journal
    mark = journal.mark
    if message.is_create:
        if message.collides:
            return _report(machine, message, mark, 0, b"", ExceptionalHalt(Halt.ADDRESS_COLLISION))
        journal.mark_created(message.address)
        journal.increment_nonce(message.address)  # EIP-161: a contract is never empty, not even while it is built
    if message.transfers:
        journal.transfer(message.caller, message.address, message.value)
    journal.touch(message.address)
    if message.precompile is None:
        machine.frames.append(machine.frame_type(message, machine, mark))
        return
    try:
        gas_left = message.gas - message.precompile.price(message.input)
        if gas_left < 0:
            raise ExceptionalHalt(Halt.OUT_OF_GAS)
        _report(machine, message, mark, gas_left, message.precompile.run(message.input))
    except ExceptionalHalt as failure:
        _report(machine, message, mark, 0, b"", failure)


def _close(machine: Machine, frame: Frame, failure: FrameFailure | None, output: bytes = b"") -> None:
    """End the innermost frame; the output of a creation becomes the new account's code."""
    if frame.message.is_create and failure is None:
        try:
            _deposit_code(frame, output)
        except ExceptionalHalt as halt:
            failure = halt
    frame.failure = failure
    machine.frames.pop()
    _report(machine, frame.message, frame.mark, frame.gas_left, output, failure)


def _deposit_code(frame: Frame, code: bytes) -> None:
    fork = frame.env.fork
    if code.startswith(b"\xef"):  # EIP-3541
        raise ExceptionalHalt(Halt.INVALID_CODE_PREFIX)
    price = fork.gas.code_deposit_byte * len(code)
    if price > frame.gas_left:
        raise ExceptionalHalt(Halt.OUT_OF_GAS)
    if len(code) > fork.max_code_size:  # EIP-170
        raise ExceptionalHalt(Halt.CODE_TOO_LARGE)
    frame.gas_left -= price
    frame.journal.set_code(frame.address, code)


def _report(
    machine: Machine, message: Message, mark: int, gas_left: int, output: bytes, failure: FrameFailure | None = None
) -> None:
    """Settle the account of a call that has ended: undo if it failed, then tell the caller, or the world."""
    if failure is not None:
        _undo(machine, mark)
        gas_left, output = (gas_left, failure.output) if isinstance(failure, Revert) else (0, b"")
    if not machine.frames:
        machine.outcome = Outcome(gas_left, output, failure)
        return
    caller = machine.frames[-1]
    caller.gas_left += gas_left
    if message.is_create:
        caller.return_data = output if failure else b""
        caller.stack.append(0 if failure else int.from_bytes(message.address, "big"))
        return
    caller.return_data = output
    caller.write_memory(message.return_offset, output[: message.return_size])
    caller.stack.append(0 if failure else 1)


def _undo(machine: Machine, mark: int) -> None:
    """Take back what a failed call did, but for one thing, unless the whole transaction has failed.

    A touch of the RIPEMD-160 precompile stays. In block 2,675,119 of the main chain clients took that account away, for
    it was empty, although the call had run out of gas; so it became the rule (issue 716 of ethereum/EIPs, EELS).
    """
    journal = machine.journal
    was_touched = RIPEMD160 in journal.touched
    journal.rollback(mark)
    if was_touched and machine.frames:
        journal.touch(RIPEMD160)
