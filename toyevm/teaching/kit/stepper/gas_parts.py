"""Why a step cost what it cost, read off its record.

A price is a sum with reasons: so much for the instruction itself, so much for memory that had to grow, so much because
a slot was looked at for the first time. The record holds the sum; its parts follow from what the step did, and from
the prices of the fork it ran in.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from toyevm.tracer import StepRecord
from toyevm.vm.gas import memory_cost, words

PASSED = "goes along to the called code"
_CALLS = ("CALL", "CALLCODE", "DELEGATECALL", "STATICCALL")
_COPY_SIZES = {"CALLDATACOPY": 2, "CODECOPY": 2, "RETURNDATACOPY": 2, "MCOPY": 2, "EXTCODECOPY": 3}
_ACCOUNT_READERS = ("BALANCE", "EXTCODESIZE", "EXTCODEHASH", "EXTCODECOPY", "SELFDESTRUCT")


class GasPart(NamedTuple):
    """Some gas and the reason for it."""

    amount: int
    reason: str


def has_failed(record: StepRecord) -> bool:
    """Tell whether the step halted its frame; a REVERT did not fail, it did what it says."""
    return record.error is not None and record.opcode.name != "REVERT"


def gas_parts(record: StepRecord, following: StepRecord | None = None) -> tuple[GasPart, ...]:
    """Return the parts of what a step cost; they add up to `record.gas_cost`.

    Args:
        following: the next record, which tells how much gas a call took along.
    """
    if has_failed(record):
        return (GasPart(record.gas_cost, f"{record.error}, lost"),)
    parts = [part for part in (*_dynamic(record), _memory(record), _passed(record, following)) if part.amount]
    rest = record.gas_cost - sum(part.amount for part in parts)
    if rest:
        parts.insert(0, GasPart(rest, _rest_reason(record, rest)))
    return tuple(parts)


def _memory(record: StepRecord) -> GasPart:
    before, after = len(record.memory_before) // 32, len(record.memory_after) // 32
    plural = "s" if after - before > 1 else ""
    return GasPart(memory_cost(after) - memory_cost(before), f"memory grew by {after - before} word{plural}")


def _passed(record: StepRecord, following: StepRecord | None) -> GasPart:
    """Say how much gas left with a call or creation; a stipend was not paid for by the caller."""
    if following is None or following.depth <= record.depth:
        return GasPart(0, "")
    has_value = record.opcode.name in ("CALL", "CALLCODE") and record.operands[2] > 0
    stipend = record.fork.gas.call_stipend if has_value else 0
    return GasPart(following.gas_before - stipend, PASSED)


def _dynamic(record: StepRecord) -> list[GasPart]:
    name, operands, prices = record.opcode.name, record.operands, record.fork.gas
    if name == "SSTORE":
        return _sstore(record)
    if name in _COPY_SIZES:
        count = words(operands[_COPY_SIZES[name]])
        return [GasPart(prices.copy_word * count, f"copies {count} word{'s' if count > 1 else ''}")]
    if name == "KECCAK256":
        count = words(operands[1])
        return [GasPart(prices.keccak_word * count, f"hashes {count} word{'s' if count > 1 else ''}")]
    if name == "EXP":
        size = (operands[1].bit_length() + 7) // 8
        return [GasPart(prices.exp_byte * size, f"exponent of {size} byte{'s' if size > 1 else ''}")]
    if re.fullmatch(r"LOG\d", name):
        return [GasPart(prices.log_byte * operands[1], f"{operands[1]:,} bytes of data")]
    if name in ("CALL", "CALLCODE") and operands[2]:
        return [GasPart(prices.call_value, "sends wei")]
    return []


def _sstore(record: StepRecord) -> list[GasPart]:
    """Take the price apart: cold adds the same to each of three prices, and no two of the six sums are equal."""
    prices = record.fork.gas
    is_cold = record.gas_cost - prices.cold_slot in (prices.warm_access, prices.storage_reset, prices.storage_set)
    cold = [GasPart(prices.cold_slot, "cold slot")] if is_cold else []
    rest = record.gas_cost - (prices.cold_slot if is_cold else 0)
    if rest == prices.storage_set:
        return [*cold, GasPart(rest, "zero to non-zero")]
    if rest == prices.storage_reset:
        return [*cold, GasPart(rest, "non-zero to " + ("another value" if record.operands[1] else "zero"))]
    return [*cold, GasPart(rest, "already changed in this transaction" if record.storage_changes else "same value")]


def _rest_reason(record: StepRecord, rest: int) -> str:
    name, prices = record.opcode.name, record.fork.gas
    if name == "SLOAD":
        return "cold slot" if rest == prices.cold_slot else "warm slot"
    if name in _CALLS or name in _ACCOUNT_READERS:
        known = {
            prices.warm_access: "warm account",
            prices.cold_account: "cold account",
            record.opcode.gas: "fixed price",
        }
        return known.get(rest, "account, and what the call used" if name in _CALLS else "fixed price and account")
    if rest == record.opcode.gas:
        return "fixed price"
    return "fixed price and " + ("code to check" if name.startswith("CREATE") else "what depends on its operands")
