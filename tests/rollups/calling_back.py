"""A contract that calls back when it is paid: what a contract that pays before it has noted so would fall for."""

from __future__ import annotations

from toyevm.assembler import assemble
from toyevm.types import Address

AT = 40  # where the call begins in the code


def calling_back(to: Address, call: bytes) -> bytes:
    """Return the init code of a contract that makes this call whenever it is paid."""
    copied = f"PUSH2 {len(call)} PUSH2 {AT} PUSH0 CODECOPY"
    code = assemble(f"{copied} PUSH0 PUSH0 PUSH2 {len(call)} PUSH0 PUSH0 PUSH20 0x{to.hex()} GAS CALL POP STOP") + call
    assert code[AT:] == call
    return assemble(f"PUSH2 {len(code)} PUSH1 12 PUSH0 CODECOPY PUSH2 {len(code)} PUSH0 RETURN") + code
