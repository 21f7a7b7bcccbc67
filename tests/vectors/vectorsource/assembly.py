"""A program is a nested list of words, numbers and labels; assembling it is one pass for sizes and one for bytes.

    "ADD SSTORE"   mnemonics                     7           the shortest PUSH of a number
    b"\\x00\\x07"   a PUSH of exactly these bytes  Raw(b"..")  bytes as they are
    ":loop"        a JUMPDEST with a name        "@loop"     a PUSH2 of its offset

The table of opcodes is our own and independent of the machine under test.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Union

OPCODES: dict[str, int] = {
    name: base + offset
    for base, names in {
        0x00: "STOP ADD MUL SUB DIV SDIV MOD SMOD ADDMOD MULMOD EXP SIGNEXTEND",
        0x10: "LT GT SLT SGT EQ ISZERO AND OR XOR NOT BYTE SHL SHR SAR CLZ",
        0x20: "KECCAK256",
        0x30: "ADDRESS BALANCE ORIGIN CALLER CALLVALUE CALLDATALOAD CALLDATASIZE CALLDATACOPY CODESIZE CODECOPY "
        "GASPRICE EXTCODESIZE EXTCODECOPY RETURNDATASIZE RETURNDATACOPY EXTCODEHASH",
        0x40: "BLOCKHASH COINBASE TIMESTAMP NUMBER PREVRANDAO GASLIMIT CHAINID SELFBALANCE BASEFEE BLOBHASH "
        "BLOBBASEFEE",
        0x50: "POP MLOAD MSTORE MSTORE8 SLOAD SSTORE JUMP JUMPI PC MSIZE GAS JUMPDEST TLOAD TSTORE MCOPY PUSH0",
        0xF0: "CREATE CALL CALLCODE RETURN DELEGATECALL CREATE2",
        0xFA: "STATICCALL",
        0xFD: "REVERT INVALID SELFDESTRUCT",
    }.items()
    for offset, name in enumerate(names.split())
}
OPCODES |= {f"PUSH{n}": 0x5F + n for n in range(1, 33)}
OPCODES |= {f"{name}{n}": base + n for base, name in ((0x7F, "DUP"), (0x8F, "SWAP")) for n in range(1, 17)}
OPCODES |= {f"LOG{n}": 0xA0 + n for n in range(5)}


@dataclass(frozen=True)
class Raw:
    """Bytes that go into the program unchanged."""

    code: bytes


Part = Union[str, int, bytes, Raw, Sequence["Part"]]


def asm(*parts: Part) -> bytes:
    """Return the bytecode of `parts`.

    >>> asm(1, 2, "ADD", 0, "SSTORE").hex()
    '6001600201600055'
    >>> asm(":top", "@top", "JUMP").hex()
    '5b61000056'
    """
    pieces = [piece for part in parts for piece in _pieces(part)]
    offsets: dict[str, int] = {}
    position = 0
    for piece in pieces:
        if isinstance(piece, str) and piece.startswith(":"):
            offsets[piece[1:]] = position
        position += _size(piece)
    return b"".join(_encode(piece, offsets) for piece in pieces)


def _pieces(part: Part) -> Iterator[str | bytes]:
    """Flatten one part into labels, label references and finished bytes."""
    if isinstance(part, str):
        for word in part.split():
            yield word if word[0] in ":@" else bytes([OPCODES[word]])
    elif isinstance(part, Raw):
        yield part.code
    elif isinstance(part, bytes):
        yield push(part)
    elif isinstance(part, int):
        yield push(part.to_bytes(max(1, (part.bit_length() + 7) // 8), "big"))
    else:
        for inner in part:
            yield from _pieces(inner)


def push(data: bytes) -> bytes:
    """Return the PUSH of exactly `data`, 1 to 32 bytes."""
    if not 1 <= len(data) <= 32:
        raise ValueError(f"a PUSH holds 1 to 32 bytes, not {len(data)}")
    return bytes([0x5F + len(data)]) + data


def _size(piece: str | bytes) -> int:
    if isinstance(piece, bytes):
        return len(piece)
    return 1 if piece.startswith(":") else 3


def _encode(piece: str | bytes, offsets: dict[str, int]) -> bytes:
    if isinstance(piece, bytes):
        return piece
    return b"\x5b" if piece.startswith(":") else push(offsets[piece[1:]].to_bytes(2, "big"))


def word(value: int) -> bytes:
    """Return `value` modulo 2**256 as 32 bytes, so that negative numbers read naturally."""
    return (value % 2**256).to_bytes(32, "big")


def words(*values: int | bytes) -> bytes:
    """Return the call data made of these numbers and addresses, 32 bytes each."""
    return b"".join(word(v) if isinstance(v, int) else v.rjust(32, b"\0") for v in values)


def arg(index: int) -> Part:
    """Push word `index` of the call data."""
    return [32 * index, "CALLDATALOAD"]


def store(slot: int, *parts: Part) -> Part:
    """Run `parts`, which leave one value, and keep it in storage `slot`."""
    return [list(parts), slot, "SSTORE"]


def measure(slot: int, *parts: Part) -> Part:
    """Run `parts`, which leave the stack as it was, and keep their gas (and that of one GAS) in storage `slot`."""
    return ["GAS", list(parts), "GAS SWAP1 SUB", slot, "SSTORE"]


def call(
    to: Part,
    *,
    kind: str = "CALL",
    gas: Part = "GAS",
    value: Part = 0,
    inputs: tuple[Part, Part] = (0, 0),
    outputs: tuple[Part, Part] = (0, 0),
) -> Part:
    """Push the success flag of a call; `inputs` and `outputs` are (offset, size) in memory."""
    window: list[Part] = [outputs[1], outputs[0], inputs[1], inputs[0]]
    return [window, [value] if kind in ("CALL", "CALLCODE") else [], to, gas, kind]


def call_data_to_memory(start: int = 0) -> Part:
    """Copy the call data from byte `start` to memory 0; the size stays on the stack."""
    return [start, "CALLDATASIZE SUB DUP1", start, 0, "CALLDATACOPY"]


def deployer(runtime: bytes) -> bytes:
    """Return the init code that deploys `runtime`."""
    head = asm(len(runtime).to_bytes(2, "big"), "DUP1", b"\x0c", 0, "CODECOPY", 0, "RETURN")
    assert len(head) == 12
    return head + runtime


def memory_bytes(data: bytes, offset: int = 0) -> Part:
    """Write `data` to memory at `offset`, 32 bytes at a time (the last word is padded with zeros)."""
    return [[data[i : i + 32].ljust(32, b"\0"), offset + i, "MSTORE"] for i in range(0, len(data), 32)]
