"""Assembly is bytecode with names: a mnemonic for every opcode, and a label for every address worth remembering.

    ; Count down from 3. A comment starts with ; or # and ends with the line.
            PUSH1 3
    loop:   JUMPDEST                     ; a label names the address of what follows and makes no byte itself,
            PUSH1 1  SWAP1  SUB          ; so the JUMPDEST is written out
            DUP1  PUSH @loop  JUMPI      ; and so is the PUSH in front of a jump
            DATA 0xfe00                  ; bytes as they are

The assembler adds nothing: a mnemonic is one byte. Only a PUSH has an operand, on its own line: `@label`, or a number
as Python writes it (if negative, the two's complement of a whole word, for which it takes a PUSH32). PUSH2 makes two
bytes of it, whatever it is; PUSH without a size is the shortest that fits. Mnemonics may be in any case, not so labels.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from toyevm.errors import AssemblerError
from toyevm.forks import DEFAULT_FORK, Fork
from toyevm.types import WORD_MASK
from toyevm.vm.frame import Code
from toyevm.vm.opcodes import BY_NAME, Opcode, mnemonics_of, opcodes_of

_LONGEST_NUMBER = 400  # characters: more than any word has, fewer than Python takes long to read


class Label(NamedTuple):
    """A label where it stands."""

    name: str
    line: int


class Reference(NamedTuple):
    """The PUSH of a label's address; `size` is 0 where the source leaves it to us."""

    name: str
    line: int
    size: int


Item: TypeAlias = bytes | Label | Reference
Rows: TypeAlias = Mapping[str, Opcode]  # the instructions of one fork, by mnemonic


def assemble(source: str, fork: Fork = DEFAULT_FORK) -> bytes:
    """Return the bytecode of `source`, written with the instructions of `fork`.

    >>> assemble("PUSH1 2  PUSH1 3  SUB").hex()
    '6002600303'
    >>> assemble("PUSH1 0x1234")
    Traceback (most recent call last):
    toyevm.errors.AssemblerError: line 1: PUSH1 takes 1 byte, got 0x1234 (expected PUSH2)
    """
    rows = mnemonics_of(fork)
    least = 0 if "PUSH0" in rows else 1
    lines = enumerate(re.split(r"\r\n?|\n", source), start=1)
    items = [item for line, text in lines for item in _parse_line(text, line, rows, least)]
    addresses = _place_labels(items, least)
    code = b"".join(_encode(item, addresses, least) for item in items if not isinstance(item, Label))
    _check_jumps(items, addresses, code)
    return code


def _parse_line(text: str, line: int, rows: Rows, least: int) -> Iterator[Item]:
    text = re.split("[;#]", text, maxsplit=1)[0].replace(":", ": ")
    if odd := re.search(r"[^\x00-\x7f]", text):
        raise AssemblerError(line, odd[0], f"{odd[0]!a} is not ASCII", "such characters in comments only")
    words = iter(text.split())
    bare = ""
    for word in words:
        name = word.upper()
        row = rows.get(name)
        if name == "PUSH" or (row and row.immediate_size):
            yield _parse_push(name, next(words, ""), line, row.immediate_size if row else 0, least)
        elif row:
            yield bytes([row.code])
        elif name == "DATA":
            digits = next(words, "")
            if not re.fullmatch("0x([0-9A-Fa-f]{2})+", digits):
                what = f"DATA takes bytes, got {_brief(digits) or 'nothing'}"
                raise AssemblerError(line, digits or name, what, "0x and two digits for every byte")
            yield bytes.fromhex(digits[2:])
        elif re.fullmatch("[A-Za-z_][A-Za-z0-9_]*:", word):
            yield Label(word[:-1], line)
        else:
            raise _misplaced(word, bare, line, rows)
        bare = name if row and not row.immediate_size else ""


def _parse_push(name: str, operand: str, line: int, size: int, least: int) -> bytes | Reference:
    if not operand:
        raise AssemblerError(line, name, f"{name} lacks its operand", "a number or @label on the same line")
    if operand.startswith("@"):
        return Reference(operand[1:], line, size)
    try:
        value = int(operand, 0) if len(operand) <= _LONGEST_NUMBER else 2**256
    except ValueError:
        what = f"{_brief(operand)!r} is no operand"
        raise AssemblerError(line, operand, what, "a number such as 42, 0x2a or -1, or an @label") from None
    if not -(2**255) <= value <= WORD_MASK:
        raise AssemblerError(line, operand, f"{_brief(operand)} does not fit in a word", "-2**255 to 2**256 - 1")
    return _push(value & WORD_MASK, size, operand, line, least)


def _misplaced(word: str, bare: str, line: int, rows: Rows) -> AssemblerError:
    """Return the error for a word that begins nothing; `bare` is the mnemonic before it, if that takes no operand."""
    name, short = word.upper(), _brief(word)
    if word.endswith(":"):
        return AssemblerError(line, word, f"{short!r} is no label", "a letter or _, then also digits, then the colon")
    if word[0] in "@-0123456789":
        what = f"{bare} takes no operand, got {short}" if bare else f"{short} belongs to no instruction"
        return AssemblerError(line, word, what, f"PUSH {short} {bare}".removesuffix("PUSH0").rstrip())
    if name in BY_NAME:
        return AssemblerError(line, word, f"{name} is from a later fork", f"{BY_NAME[name].since} or newer")
    numbered = [row for row in rows if row.removeprefix(name).isdigit()]
    if numbered:  # SWAP, DUP, LOG: which one?
        return AssemblerError(line, word, f"{short!r} lacks its number", f"{numbered[0]} to {numbered[-1]}")
    alike = get_close_matches(name[:40], [*rows, "DATA"], n=1)
    expected = alike[0] if alike else "a mnemonic, a label such as loop:, or ; and a comment"
    return AssemblerError(line, word, f"unknown instruction {short!r}", expected)


def _place_labels(items: Sequence[Item], least: int) -> dict[str, int]:
    """Return the address of every label, when each `PUSH @label` without a size is as short as it can be.

    Its size depends on where the label is, and that on the sizes of the pushes before the label. So begin with the
    shortest and lengthen what turns out too short, until nothing does: sizes only grow, so this ends, and none without
    need. Walking from the end keeps the rounds few: of the labels close to a border (255 to 256), the last one is the
    first to be moved over it.
    """
    addresses: dict[str, int] = {}
    users: dict[str, list[int]] = defaultdict(list)  # label -> where in `items` it is pushed without a size
    sizes = [len(item) if isinstance(item, bytes) else 0 for item in items]
    for index, item in enumerate(items):
        if isinstance(item, Reference):
            sizes[index] = 1 + (item.size or least)
            users[item.name] += [] if item.size else [index]
        elif isinstance(item, Label):
            if item.name in addresses:
                raise AssemblerError(
                    item.line, f"{item.name}:", f"label {_brief(item.name)!r} is taken", "another name"
                )
            addresses[item.name] = 0
    is_settled = False
    while not is_settled:
        is_settled, address = True, sum(sizes)
        for index in reversed(range(len(items))):
            address -= sizes[index]
            item = items[index]
            if not isinstance(item, Label):
                continue
            for user in users[item.name]:
                growth = max(0, 1 + _byte_count(address) - sizes[user])
                sizes[user] += growth
                address += growth if user < index else 0  # a push in front of the label moves it
                is_settled = is_settled and not growth
            addresses[item.name] = address
    return addresses


def _encode(item: bytes | Reference, addresses: Mapping[str, int], least: int) -> bytes:
    if isinstance(item, bytes):
        return item
    if item.name not in addresses:
        name = _brief(item.name)
        raise AssemblerError(item.line, f"@{item.name}", f"no label {name!r}", f"{name}: on some line")
    return _push(addresses[item.name], item.size, f"@{item.name}", item.line, least)


def _push(value: int, size: int, token: str, line: int, least: int) -> bytes:
    """Return the PUSH of `value` with `size` bytes or, if that is 0, with as few as it takes, but `least` at least."""
    needed = _byte_count(value)
    size = size or max(needed, least)
    if size < needed:
        got = f"{_brief(token)} = {value}" if token.startswith("@") else _brief(token)
        got += ", which is a whole word: negative numbers need PUSH32" if token.startswith("-") else ""
        raise AssemblerError(line, token, f"PUSH{size} takes {size} byte{'s' * (size > 1)}, got {got}", f"PUSH{needed}")
    return bytes([BY_NAME["PUSH0"].code + size]) + value.to_bytes(size, "big")


def _byte_count(value: int) -> int:
    return (value.bit_length() + 7) // 8


def _check_jumps(items: Sequence[Item], addresses: Mapping[str, int], code: bytes) -> None:
    """Refuse a jump that is sure to fail: `PUSH @label JUMP` when no JUMPDEST follows the label."""
    jumps, targets = [bytes([BY_NAME[name].code]) for name in ("JUMP", "JUMPI")], Code(code).jump_targets
    for item, following in pairwise(items):
        if isinstance(item, Reference) and following in jumps and addresses[item.name] not in targets:
            name = _brief(item.name)
            raise AssemblerError(item.line, f"@{item.name}", f"no JUMPDEST at label {name!r}", f"{name}: JUMPDEST")


def _brief(word: str) -> str:
    return word if len(word) <= 80 else f"{word[:20]}... ({len(word)} characters)"


class Instruction(NamedTuple):
    """One row of a disassembly. `immediate` is too short where the code ends inside a PUSH."""

    pc: int
    opcode: Opcode
    immediate: bytes

    @property
    def raw(self) -> bytes:
        return bytes([self.opcode.code]) + self.immediate

    def __str__(self) -> str:
        """Return it in assembly: what is no whole instruction is DATA."""
        if self.opcode.name not in BY_NAME or len(self.immediate) < self.opcode.immediate_size:
            return f"DATA 0x{self.raw.hex()}"
        return f"{self.opcode.name} 0x{self.immediate.hex()}" if self.immediate else self.opcode.name


def instructions(code: bytes, fork: Fork) -> Iterator[Instruction]:
    """Yield the instructions of `code` in the order they stand there, as `fork` has them."""
    rows, pc = opcodes_of(fork.rank), 0
    while pc < len(code):
        opcode = rows[code[pc]]
        begin, pc = pc, pc + 1 + opcode.immediate_size
        yield Instruction(begin, opcode, bytes(code[begin + 1 : pc]))


def disassemble(code: bytes, fork: Fork = DEFAULT_FORK) -> str:
    """Return `code` as assembly that gives it again, with the pc and the bytes of every instruction in a comment.

    >>> print(disassemble(bytes.fromhex("5b600056fc61ff")))
    JUMPDEST          ; 0x0000  5b  <- jump target
    PUSH1 0x00        ; 0x0001  6000
    JUMP              ; 0x0003  56
    DATA 0xfc         ; 0x0004  fc
    DATA 0x61ff       ; 0x0005  61ff
    """
    return "\n".join(
        f"{row!s:<18}; {row.pc:#06x}  {row.raw.hex()}{'  <- jump target' * (row.opcode.name == 'JUMPDEST')}"
        for row in instructions(code, fork)
    )
