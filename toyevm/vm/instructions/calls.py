"""Calls, creations and self-destruction: the instructions that reach other accounts.

They do not run the other code. They return a `Message`, and the interpreter opens a frame for it; when that frame
ends, its result appears on the caller's stack. What the target's code is, and whether the caller can pay, is read
here, before anything changes.
"""

from __future__ import annotations

from collections.abc import Callable

from toyevm import rlp
from toyevm.crypto import keccak256
from toyevm.errors import ExceptionalHalt, Halt
from toyevm.journal import Journal
from toyevm.types import Address, Hash32, to_address
from toyevm.vm.frame import MAX_DEPTH, BlockEnv, Frame, Message, Refusal, Return
from toyevm.vm.gas import access_cost, all_but_one_64th, charge, expansion, grow, words
from toyevm.vm.instructions.storage import forbid_in_static_call
from toyevm.vm.precompiles import Precompile

DELEGATION_PREFIX = b"\xef\x01\x00"  # EIP-7702: code of this form means "run that account's code"
MAX_NONCE = 2**64 - 1


def delegate_of(code: bytes) -> Address | None:
    """Return the account whose code runs in place of `code`, if it is a delegation."""
    return code[3:] if len(code) == 23 and code.startswith(DELEGATION_PREFIX) else None


def entry_code(journal: Journal, env: BlockEnv, address: Address) -> tuple[bytes, Precompile | None]:
    """Return the code or precompile that a call from outside runs; it follows one delegation, for free."""
    precompile = env.precompiles.get(address)
    if precompile is not None:
        journal.accessed.add(address)
        return b"", precompile
    code = journal.code(address)
    delegate = delegate_of(code) if env.fork.set_code else None
    if delegate is None:
        return code, None
    code = journal.code(delegate)
    journal.warm_address(delegate)
    return code, None


def contract_address(creator: Address, nonce: int) -> Address:
    """Return where a creator's next contract goes: unknown to anyone who does not know the nonce."""
    return keccak256(rlp.encode([creator, nonce]))[12:]


def salted_contract_address(creator: Address, salt: int, init_code_hash: Hash32) -> Address:
    """Return where CREATE2 puts a contract: known from its code alone (EIP-1014)."""
    return keccak256(b"\xff" + creator + salt.to_bytes(32, "big") + init_code_hash)[12:]


def is_taken(journal: Journal, address: Address) -> bool:
    """Tell whether no contract can be created at `address` (EIP-684, EIP-7610)."""
    return bool(journal.nonce(address) or journal.code(address) or journal.has_storage(address))


def call(
    takes_value: bool = False, in_own_account: bool = False, keeps_caller: bool = False, is_static: bool = False
) -> Callable[[Frame], Message | Refusal]:
    """Make one of the four calls, which differ in who is who and in what may be changed.

    `in_own_account`: the other code works on the caller's storage and balance; `keeps_caller`: it sees the caller's
    caller and value.
    """
    pops = 7 if takes_value else 6

    def instruction(frame: Frame) -> Message | Refusal:
        stack, journal, message, env = frame.stack, frame.journal, frame.message, frame.env
        requested_gas, target = stack[-1], to_address(stack[-2])
        value = stack[-3] if takes_value else 0
        return_size, return_offset, input_size, input_offset = stack[-pops : 4 - pops]
        moves_value = value > 0 and not in_own_account
        if moves_value:
            forbid_in_static_call(frame)
        # Memory reaches to the end of either range; an empty one needs none, wherever it lies.
        reach = max(input_size and input_offset + input_size, return_size and return_offset + return_size)
        grows = reach > len(frame.raw_memory)
        is_cold = target not in journal.warm_addresses
        price = env.fork.gas.cold_account if is_cold else env.fork.gas.warm_access
        if value:
            price += env.fork.gas.call_value
        charge(frame, (price + expansion(frame, 0, reach)) if grows else price)
        precompile = env.precompiles.get(target)
        delegate, code = None, b""
        if precompile is None:
            code = journal.code(target)
            if len(code) == 23:  # so long is a delegation
                delegate = _follow(frame, target, code)
        else:
            journal.accessed.add(target)
        if moves_value and journal.is_empty(target):
            charge(frame, env.fork.gas.new_account)
        passed_gas = min(requested_gas, all_but_one_64th(frame.gas_left))
        frame.gas_left -= passed_gas
        may_begin = (value == 0 or journal.balance(frame.address) >= value) and message.depth != MAX_DEPTH
        if delegate is not None and may_begin:
            code = journal.code(delegate)
        if moves_value:
            journal.balance(target)  # the last read: from here on, things change

        if is_cold:
            journal.warm_address(target)
        if delegate is not None:
            journal.warm_address(delegate)
        del stack[-pops:]
        if grows:
            grow(frame, 0, reach)
        if value:
            passed_gas += env.fork.gas.call_stipend
        if not may_begin:
            return Refusal(passed_gas)
        return Message(  # in the order of its fields: as keywords they would cost three times as much
            message.caller if keeps_caller else frame.address,
            frame.address if in_own_account else target,
            code,
            passed_gas,
            message.value if keeps_caller else value,
            frame.read_memory(input_offset, input_size),
            precompile,
            message.depth + 1,
            return_offset,
            return_size,
            moves_value,
            message.is_static or is_static,
        )

    return instruction


def _follow(frame: Frame, target: Address, code: bytes) -> Address | None:
    """Return the account that `code` leads to if it is a delegation, and charge for a look at it."""
    delegate = delegate_of(code)
    if delegate is None or not frame.env.fork.set_code:
        return None
    # The target has just been looked at, so it is warm, even if that is noted only after the last read.
    charge(frame, frame.env.fork.gas.warm_access if delegate == target else access_cost(frame, delegate))
    return delegate


def create(is_salted: bool) -> Callable[[Frame], Message | Refusal]:
    """Make CREATE or CREATE2."""
    pops = 4 if is_salted else 3

    def instruction(frame: Frame) -> Message | Refusal:
        forbid_in_static_call(frame)
        stack, journal, message, fork = frame.stack, frame.journal, frame.message, frame.env.fork
        value, offset, size = stack[-1], stack[-2], stack[-3]
        if fork.max_init_code_size is not None and size > fork.max_init_code_size:
            raise ExceptionalHalt(Halt.INIT_CODE_TOO_LARGE)
        word_price = fork.gas.init_code_word + (fork.gas.keccak_word if is_salted else 0)
        charge(frame, words(size) * word_price + expansion(frame, offset, size))
        init_code = frame.read_memory(offset, size).ljust(size, b"\0")
        nonce, can_pay = journal.nonce(frame.address), journal.balance(frame.address) >= value
        if is_salted:
            address = salted_contract_address(frame.address, stack[-4], frame.keccak256(init_code))
        else:
            address = contract_address(frame.address, nonce)
        may_begin = can_pay and nonce < MAX_NONCE and message.depth < MAX_DEPTH
        taken = may_begin and is_taken(journal, address)
        if may_begin and value:
            journal.balance(address)

        for _ in range(pops):
            stack.pop()
        grow(frame, offset, size)
        if not may_begin:
            return Refusal()
        journal.warm_address(address)
        journal.increment_nonce(frame.address)
        passed_gas, depth = all_but_one_64th(frame.gas_left), message.depth + 1
        return Message(
            frame.address, address, init_code, passed_gas, value, depth=depth, is_create=True, collides=taken
        )

    return instruction


def selfdestruct(frame: Frame) -> Return:
    """Send everything to the beneficiary; since Cancun, vanish only if created in this very transaction (EIP-6780)."""
    forbid_in_static_call(frame)
    journal, address, fork = frame.journal, frame.address, frame.env.fork
    beneficiary = to_address(frame.stack[-1])
    charge(frame, 0 if beneficiary in journal.warm_addresses else fork.gas.cold_account)
    journal.accessed.add(beneficiary)
    balance = journal.balance(address)
    if balance and journal.is_empty(beneficiary):
        charge(frame, fork.gas.new_account)
    if balance:
        journal.balance(beneficiary)
    is_destroyed = address in journal.created or not fork.selfdestruct_needs_creation
    if is_destroyed:
        journal.nonce(address), journal.code(address)

    journal.warm_address(beneficiary)
    journal.transfer(address, beneficiary, balance)
    if is_destroyed:
        journal.set_balance(address, 0)
        journal.destroy(address)
    return Return()
