"""A few payments as students write them: read, checked, and put on a timetable by what each reads and writes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from toyevm.backends import BACKENDS, RunConfig
from toyevm.errors import InputError
from toyevm.teaching.kit.job import Job, job_of
from toyevm.teaching.lab.turns import read_words, repeat
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
    outcome = BACKENDS.named("sequential").execute_block(workload.pre, workload.block, config).result
    return job_of("your block", outcome.results, workload.block.header.coinbase, tuple(map(str, payments)))


def units_of(job: Job) -> list[int]:
    """Return the unit of time in which each payment runs at the earliest, counted from 1."""
    found: list[int] = []
    for waits in job.graph.predecessors:
        found.append(1 + max((found[j] for j in waits), default=0))
    return found


def timetable(payments: Sequence[Payment], when: list[int]) -> str:
    rows = {unit: [f"{i} {payments[i]}" for i, each in enumerate(when) if each == unit] for unit in sorted(set(when))}
    return "\n".join(f"unit {unit}: {', '.join(row)}" for unit, row in rows.items())
