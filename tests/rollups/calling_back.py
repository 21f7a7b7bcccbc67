"""A contract that calls back when it is paid: what a contract that pays before it has noted so would fall for."""

from __future__ import annotations

from collections.abc import Callable

from toyevm.assembler import assemble
from toyevm.rollups.l1 import L1
from toyevm.types import Address
from toyevm.vm.instructions.calls import contract_address
from toyevm.workloads.wallets import wallet

AT = 40  # where the call begins in the code


def calling_back(to: Address, call: bytes) -> bytes:
    """Return the init code of a contract that makes this call whenever it is paid."""
    copied = f"PUSH2 {len(call)} PUSH2 {AT} PUSH0 CODECOPY"
    code = assemble(f"{copied} PUSH0 PUSH0 PUSH2 {len(call)} PUSH0 PUSH0 PUSH20 0x{to.hex()} GAS CALL POP STOP") + call
    assert code[AT:] == call
    return assemble(f"PUSH2 {len(code)} PUSH1 12 PUSH0 CODECOPY PUSH2 {len(code)} PUSH0 RETURN") + code


def send_calling_back(l1: L1, to: Address, call: Callable[[Address], bytes]) -> Address:
    """Put such a contract on an L1, in Bob's name; the call may have its address."""
    bob = wallet("Bob")
    address = contract_address(bob.address, l1.account(bob.address).nonce)
    assert l1.ask(bob, None, calling_back(to, call(address))).result.created_address == address
    return address
