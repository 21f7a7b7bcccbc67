"""What each instruction does, in words for someone who has never seen bytecode.

The opcode table says how many words an instruction takes and leaves. A reader wants to know *which is which*: that
SSTORE takes the slot from the top and the value from below it. This table names the operands, top first, and says in
one sentence what becomes of them. The stepper shows it; the machine does not know it. An instruction that is not in
the table gets words that its row of the opcode table can give.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from toyevm.forks import Fork
from toyevm.vm.opcodes import BY_NAME, Opcode

Range = tuple[str, str | int]  # of memory: the operand that is its offset, and the one that is its size, or the size


class Gloss(NamedTuple):
    """The words for one opcode.

    Args:
        operands: their names, top of the stack first, separated by spaces.
        does: a sentence; `{name}` stands for an operand's value, `{result}` for the word that is left, `{read}` and
            `{written}` for the ranges of memory.
        reads, writes: the ranges of memory that the instruction looks at and changes.
    """

    operands: str
    does: str
    reads: Range | None = None
    writes: Range | None = None


_CALLED = "gives {gas} gas at most to the code at {address}"
_FACTS = {
    "ADDRESS": "this account's own address",
    "ORIGIN": "the address that signed the transaction",
    "CALLER": "the address that made this call",
    "CALLVALUE": "the wei sent with this call",
    "CALLDATASIZE": "the size of the call data, in bytes",
    "CODESIZE": "the size of this code, in bytes",
    "GASPRICE": "the price of one gas, in wei",
    "RETURNDATASIZE": "the size of what the last call returned, in bytes",
    "COINBASE": "the address that earns this block's fees",
    "TIMESTAMP": "the block's time, in seconds since 1970",
    "NUMBER": "the block's number",
    "PREVRANDAO": "the block's random number",
    "GASLIMIT": "the block's gas limit",
    "CHAINID": "the chain's number",
    "SELFBALANCE": "this account's balance, in wei",
    "BASEFEE": "the block's base fee, in wei per gas",
    "BLOBBASEFEE": "the block's blob fee, in wei per blob gas",
    "PC": "the position of this instruction",
    "MSIZE": "the size of memory, in bytes",
    "GAS": "the gas that is left now",
}

_GLOSSES: dict[str, Gloss] = {
    **{name: Gloss("", f"puts {fact} on the stack: {{result}}") for name, fact in _FACTS.items()},
    "STOP": Gloss("", "ends this call; it succeeded"),
    "ADD": Gloss("a b", "a + b = {a} + {b} = {result}"),
    "MUL": Gloss("a b", "a × b = {a} × {b} = {result}"),
    "SUB": Gloss("a b", "a - b = {a} - {b} = {result}"),
    "DIV": Gloss("a b", "a ÷ b, rounded down = {a} ÷ {b} = {result}"),
    "SDIV": Gloss("a b", "a ÷ b, signed, towards zero = {a} ÷ {b} = {result}"),
    "MOD": Gloss("a b", "remainder of a ÷ b = {a} mod {b} = {result}"),
    "SMOD": Gloss("a b", "signed remainder of a ÷ b = {a} mod {b} = {result}"),
    "ADDMOD": Gloss("a b n", "(a + b) mod n = ({a} + {b}) mod {n} = {result}"),
    "MULMOD": Gloss("a b n", "(a × b) mod n = ({a} × {b}) mod {n} = {result}"),
    "EXP": Gloss("base exponent", "base to the exponent = {base} ** {exponent} = {result}"),
    "SIGNEXTEND": Gloss("index value", "stretches the sign of byte {index} over {value}: {result}"),
    "LT": Gloss("a b", "is a < b? {a} < {b}: {result}"),
    "GT": Gloss("a b", "is a > b? {a} > {b}: {result}"),
    "SLT": Gloss("a b", "is a < b, signed? {a} < {b}: {result}"),
    "SGT": Gloss("a b", "is a > b, signed? {a} > {b}: {result}"),
    "EQ": Gloss("a b", "is a = b? {a} = {b}: {result}"),
    "ISZERO": Gloss("a", "is a = 0? {a} = 0: {result}"),
    "AND": Gloss("a b", "a and b, bit by bit = {a} & {b} = {result}"),
    "OR": Gloss("a b", "a or b, bit by bit = {a} | {b} = {result}"),
    "XOR": Gloss("a b", "a xor b, bit by bit = {a} ^ {b} = {result}"),
    "NOT": Gloss("a", "turns every bit of {a} over: {result}"),
    "BYTE": Gloss("index value", "byte {index} of {value}, from the left: {result}"),
    "SHL": Gloss("shift value", "moves the bits of {value} left by {shift}: {result}"),
    "SHR": Gloss("shift value", "moves the bits of {value} right by {shift}: {result}"),
    "SAR": Gloss("shift value", "moves the bits of {value} right by {shift}, keeping the sign: {result}"),
    "CLZ": Gloss("a", "counts the zero bits in front of {a}: {result}"),
    "KECCAK256": Gloss("offset size", "hashes memory, {read}: {result}", reads=("offset", "size")),
    "BALANCE": Gloss("address", "looks up the balance of {address}: {result} wei"),
    "CALLDATALOAD": Gloss("offset", "reads 32 bytes of the call data, from byte {offset}: {result}"),
    "CALLDATACOPY": Gloss(
        "target offset size", "copies call data, from byte {offset}, to memory, {written}", writes=("target", "size")
    ),
    "CODECOPY": Gloss(
        "target offset size", "copies code, from byte {offset}, to memory, {written}", writes=("target", "size")
    ),
    "EXTCODESIZE": Gloss("address", "looks up the size of the code at {address}: {result} bytes"),
    "EXTCODECOPY": Gloss(
        "address target offset size", "copies the code of {address} to memory, {written}", writes=("target", "size")
    ),
    "RETURNDATACOPY": Gloss(
        "target offset size", "copies what the last call returned to memory, {written}", writes=("target", "size")
    ),
    "EXTCODEHASH": Gloss("address", "looks up the hash of the code at {address}: {result}"),
    "BLOCKHASH": Gloss("number", "looks up the hash of block {number}: {result}"),
    "BLOBHASH": Gloss("index", "looks up the hash of blob {index} of this transaction: {result}"),
    "POP": Gloss("value", "throws {value} away"),
    "MLOAD": Gloss("offset", "gets {result} from memory, {read}", reads=("offset", 32)),
    "MSTORE": Gloss("offset value", "writes value {value} to memory, {written}", writes=("offset", 32)),
    "MSTORE8": Gloss("offset value", "writes the lowest byte of {value} to memory, {written}", writes=("offset", 1)),
    "SLOAD": Gloss("slot", "gets {result} from storage slot {slot}"),
    "SSTORE": Gloss("slot value", "writes value {value} to storage slot {slot}"),
    "JUMP": Gloss("target", "goes on at pc {target}"),
    "JUMPI": Gloss("target condition", "jumps to pc {target} unless condition is 0; it is {condition}"),
    "JUMPDEST": Gloss("", "does nothing: it marks where a jump may land"),
    "TLOAD": Gloss("slot", "gets {result} from transient slot {slot}"),
    "TSTORE": Gloss("slot value", "writes value {value} to transient slot {slot}, until the transaction ends"),
    "MCOPY": Gloss(
        "target offset size", "copies memory, {read}, to {written}", reads=("offset", "size"), writes=("target", "size")
    ),
    "PUSH0": Gloss("", "puts 0 on the stack"),
    "CREATE": Gloss("value offset size", "creates a contract by running {read} of memory", reads=("offset", "size")),
    "CREATE2": Gloss(
        "value offset size salt", "creates a contract by running {read} of memory", reads=("offset", "size")
    ),
    "CALL": Gloss(
        "gas address value input_offset input_size output_offset output_size",
        f"calls: {_CALLED}, with {{value}} wei",
        reads=("input_offset", "input_size"),
    ),
    "CALLCODE": Gloss(
        "gas address value input_offset input_size output_offset output_size",
        f"runs other code on this account: {_CALLED}",
        reads=("input_offset", "input_size"),
    ),
    "DELEGATECALL": Gloss(
        "gas address input_offset input_size output_offset output_size",
        f"runs other code on this account: {_CALLED}",
        reads=("input_offset", "input_size"),
    ),
    "STATICCALL": Gloss(
        "gas address input_offset input_size output_offset output_size",
        f"calls without letting it change anything: {_CALLED}",
        reads=("input_offset", "input_size"),
    ),
    "RETURN": Gloss(
        "offset size", "ends this call; it succeeded and hands back memory, {read}", reads=("offset", "size")
    ),
    "REVERT": Gloss(
        "offset size", "gives up: undoes what this call changed, hands back memory, {read}", reads=("offset", "size")
    ),
    "INVALID": Gloss("", "is no instruction: the call fails"),
    "SELFDESTRUCT": Gloss("beneficiary", "sends all wei of this account to {beneficiary} and ends this call"),
}

# What an instruction did before a feature of a fork changed it.
_BEFORE: dict[str, tuple[str, Gloss]] = {
    "PREVRANDAO": ("proof_of_stake", Gloss("", "puts the block's difficulty on the stack: {result}")),
    "SELFDESTRUCT": (
        "selfdestruct_needs_creation",
        Gloss("beneficiary", "sends all wei of this account to {beneficiary} and ends this call, deletes the account"),
    ),
}

ORDINALS = ("top", "2nd", "3rd", *(f"{n}th" for n in range(4, 18)))


@lru_cache
def gloss_of(opcode: Opcode, fork: Fork) -> Gloss:
    """Return the words for an opcode, as it is in this fork.

    >>> from toyevm.forks import LONDON, PARIS
    >>> gloss_of(BY_NAME["SSTORE"], PARIS).operands
    'slot value'
    >>> gloss_of(BY_NAME["DUP2"], PARIS).does
    'copies the 2nd word onto the top: {result}'
    >>> gloss_of(BY_NAME["PREVRANDAO"], LONDON).does
    "puts the block's difficulty on the stack: {result}"
    """
    if opcode.name not in BY_NAME:
        return _GLOSSES["INVALID"]
    feature, before = _BEFORE.get(opcode.name, ("", None))
    if before and not getattr(fork, feature):
        return before
    return written_gloss(opcode.name) or _gloss_of_row(opcode)


def written_gloss(name: str) -> Gloss | None:
    """Return the words that somebody wrote for an opcode, or None."""
    if name in _GLOSSES:
        return _GLOSSES[name]
    family = re.fullmatch(r"(PUSH|DUP|SWAP|LOG)(\d+)", name)
    if not family:
        return None
    n = int(family[2])
    if family[1] == "PUSH":
        return Gloss("", "puts {result} on the stack, from the program")
    if family[1] == "DUP":
        return Gloss("", f"copies the {ORDINALS[n - 1]} word onto the top: {{result}}")
    if family[1] == "SWAP":
        return Gloss("", f"exchanges the top word and the {ORDINALS[n]}")
    topics = [f"topic{i}" for i in range(n)]
    shown = "".join(f", {{{topic}}}" for topic in topics)
    return Gloss(" ".join(["offset size", *topics]), f"writes a log: memory, {{read}}{shown}", ("offset", "size"))


def _gloss_of_row(opcode: Opcode) -> Gloss:
    operands = [f"operand{i + 1}" for i in range(opcode.pops)]
    taken = " and ".join(f"{{{operand}}}" for operand in operands) or "nothing"
    return Gloss(" ".join(operands), f"takes {taken}" + (", leaves {result}" if opcode.pushes else ""))
