"""Blocks of payments: read as students write them, put on a timetable, and told by what each reads and writes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from toyevm.backends import BACKENDS, RunConfig
from toyevm.errors import InputError
from toyevm.results import BlockResult, TxResult
from toyevm.teaching.kit.job import Job, job_of
from toyevm.teaching.lab.turns import read_words, repeat
from toyevm.types import Field
from toyevm.units import ETHER
from toyevm.workloads.transfers import Payment, read_payments
from toyevm.workloads.workload import Workload

SAVINGS = 100  # ether that everybody has at first


def payments_of(answer: object) -> tuple[Payment, ...]:
    """Read payments from a text, or from a list of texts."""
    if isinstance(answer, (list, tuple)) and answer and all(isinstance(part, str) for part in answer):
        answer = ", ".join(answer)
    text = read_words(answer, 'payments such as "Ann>Bob, Cleo>Dan"')
    if glued := re.search(r"[^,;\n]*>[^,;\n]*>[^,;\n]*", text):
        raise InputError(repeat(glued[0].strip()), expected="a comma between two payments")
    if large := re.search(r"\w+\s*>\s*\w+\s+\d{3,}\b", text):
        raise InputError(repeat(large[0]), expected=f"amounts below {SAVINGS}: everybody begins with {SAVINGS} ether")
    return read_payments(text)


def overspent(payments: Sequence[Payment], fee: bool = False) -> str:
    """Say which payment, in the order of the block, is more than its payer has; with `fee`, something must be left."""
    purse: Counter[str] = Counter({name: SAVINGS for payment in payments for name in people(payment)})
    for i, payment in enumerate(payments):
        if purse[payment.payer] - fee < payment.amount:
            left = f"{payment.payer} has {'less than ' * fee}{purse[payment.payer]} ether when it is their turn"
            return f"{named(payments, i)[0].upper()}{named(payments, i)[1:]} cannot be paid: {left}."
        purse[payment.payer] -= payment.amount
        purse[payment.payee] += payment.amount
    return ""


def people(payment: Payment) -> tuple[str, str]:
    return payment.payer, payment.payee


def named(payments: Sequence[Payment], tx_index: int) -> str:
    return f"payment {tx_index} ({payments[tx_index]})"


def twice_in(names: list[str]) -> tuple[str, str] | None:
    """Return the first name that occurs more than once, and where."""
    name = next((name for name in names if names.count(name) > 1), None)
    return None if name is None else (name, ", ".join(str(i) for i, each in enumerate(names) if each == name))


def job_of_payments(workload: Workload, payments: Sequence[Payment] = ()) -> Job:
    config = RunConfig(workload.chain)
    result = BACKENDS.named("sequential").execute_block(workload.pre, workload.block, config).result
    return job_of_block("your block", workload, result, tuple(map(str, payments)))


def job_of_block(title: str, workload: Workload, result: BlockResult, labels: Sequence[str] = ()) -> Job:
    """Return an executed block as work for cores; the balance of the block's producer makes nobody wait."""
    return job_of(title, result.results, workload.block.header.coinbase, labels)


class BalanceRead(NamedTuple):
    """A balance before and after a transaction, in ether; `writer` wrote what was read, None: it is from before."""

    name: str
    before: float
    after: float
    writer: int | None


def balances_read(workload: Workload, result: TxResult) -> Iterator[BalanceRead]:
    """Yield the balances that a transaction reads, in the order in which it reads them."""
    for location, read in result.read_set.items():
        if location.key == Field.BALANCE:
            before, after = int(read.value) / ETHER, int(result.write_set.get(location, read.value)) / ETHER
            writer = read.version.tx_index
            yield BalanceRead(workload.location_name(location), before, after, writer if writer >= 0 else None)


def units_of(job: Job) -> list[int]:
    """Return the unit of time in which each payment runs at the earliest, counted from 1."""
    units = {i: unit for unit, layer in enumerate(job.graph.layers, 1) for i in layer}
    return [units[i] for i in range(job.graph.size)]


def timetable(payments: Sequence[Payment], when: list[int]) -> str:
    rows = {unit: [f"{i} {payments[i]}" for i, each in enumerate(when) if each == unit] for unit in sorted(set(when))}
    return "\n".join(f"unit {unit}: {', '.join(row)}" for unit, row in rows.items())
