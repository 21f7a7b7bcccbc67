"""Instructions that read the call, the block or an account."""

from __future__ import annotations

from collections.abc import Callable

from toyevm.errors import ExceptionalHalt, Halt
from toyevm.journal import Journal
from toyevm.types import Address, to_address
from toyevm.vm.frame import Frame
from toyevm.vm.gas import access_cost, charge, charge_memory, expansion, grow, words


def push_value(value_of: Callable[[Frame], int]) -> Callable[[Frame], None]:
    """Make an instruction that pushes one fact about the frame's surroundings."""

    def instruction(frame: Frame) -> None:
        frame.stack.append(value_of(frame))

    return instruction


as_word: Callable[[bytes | bytearray], int] = int.from_bytes  # big-endian is its default


def keccak(frame: Frame) -> None:
    offset, size = frame.stack.pop(), frame.stack[-1]
    charge_memory(frame, offset, size, frame.env.fork.gas.keccak_word * words(size))
    frame.stack[-1] = as_word(frame.keccak256(frame.read_memory(offset, size)))


def calldataload(frame: Frame) -> None:
    frame.stack[-1] = as_word(slice_padded(frame.input, frame.stack[-1], 32))


def slice_padded(data: bytes, offset: int, size: int) -> bytes:
    """Return `size` bytes from `offset`, with zeros for what lies behind the end."""
    return data[offset : offset + size].ljust(size, b"\0")


def copy_from(source: Callable[[Frame], bytes]) -> Callable[[Frame], None]:
    """Make CALLDATACOPY or CODECOPY: copy into memory, zeros where the source has ended."""

    def instruction(frame: Frame) -> None:
        target, offset, size = frame.stack.pop(), frame.stack.pop(), frame.stack.pop()
        charge_memory(frame, target, size, frame.env.fork.gas.copy_word * words(size))
        frame.write_memory(target, slice_padded(source(frame), offset, size))

    return instruction


def returndatacopy(frame: Frame) -> None:
    """Copy what the last call returned; unlike the others, it may not read past the end (EIP-211)."""
    target, offset, size = frame.stack.pop(), frame.stack.pop(), frame.stack.pop()
    charge_memory(frame, target, size, frame.env.fork.gas.copy_word * words(size))
    if offset + size > len(frame.return_data):
        raise ExceptionalHalt(Halt.RETURN_DATA_OUT_OF_BOUNDS)
    frame.write_memory(target, frame.return_data[offset : offset + size])


def blockhash(frame: Frame) -> None:
    """Push the hash of one of the last 256 blocks, or 0."""
    number, current = frame.stack[-1], frame.env.number
    is_recent = max(0, current - 256) <= number < current
    frame.stack[-1] = as_word(frame.env.ancestor_hashes.get(number, b"")) if is_recent else 0


def blobhash(frame: Frame) -> None:
    index, hashes = frame.stack[-1], frame.tx.blob_hashes
    frame.stack[-1] = as_word(hashes[index]) if index < len(hashes) else 0


# The rest read the state of an account, their own or another's.


def ask_account(question: Callable[[Journal, Address], int]) -> Callable[[Frame], None]:
    """Make an instruction that asks an account a question."""

    def instruction(frame: Frame) -> None:
        address = to_address(frame.stack[-1])
        charge(frame, access_cost(frame, address))
        answer = question(frame.journal, address)
        frame.journal.warm_address(address)
        frame.stack[-1] = answer

    return instruction


def code_hash(journal: Journal, address: Address) -> int:
    """Return the hash of an account's code, or 0 if there is no account (EIP-1052)."""
    return 0 if journal.is_empty(address) else as_word(journal.code_hash(address))


balance = ask_account(Journal.balance)
extcodesize = ask_account(lambda journal, address: len(journal.code(address)))
extcodehash = ask_account(code_hash)


def extcodecopy(frame: Frame) -> None:
    """Copy an account's code into memory, zeros where it has ended."""
    word, target, offset, size = (frame.stack[-i] for i in (1, 2, 3, 4))
    address = to_address(word)
    price = access_cost(frame, address) + frame.env.fork.gas.copy_word * words(size)
    charge(frame, price + expansion(frame, target, size))
    code = frame.journal.code(address)
    frame.journal.warm_address(address)
    for _ in range(4):
        frame.stack.pop()
    grow(frame, target, size)
    frame.write_memory(target, slice_padded(code, offset, size))
