"""What lesson 05 says to a liar, who declares locks that are not true, and to a saboteur, who makes two cores slow."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

from toyevm.backends import Locks, hints_of
from toyevm.backends.declared_locks import lock_order
from toyevm.errors import InputError, InvalidBlock
from toyevm.simulation.metrics import measure
from toyevm.simulation.run import Run
from toyevm.teaching.lab.turns import Reply, call, malformed, missing, read_words, repeat, right, wrong
from toyevm.teaching.lessons.speculation.attempts import describe_attempts
from toyevm.teaching.lessons.speculation.studies import root_after, run, run_locked
from toyevm.types import Location
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.transfers import Payment, block_of, read_payments
from toyevm.workloads.workload import Workload

UNTOUCHED_BLOCK = "Ann>Bob, Cleo>Dan, Eve>Fay"
MOST_PAYMENTS, SLOW = 6, 0.9
AT_ONCE = 120  # gas of time: given a task, then two look-ups, and the nonce does not fit
LOCK_CORES, AS_SLOW_AS_ONE = 8, 1.1


@cache
def honest_block() -> tuple[Workload, tuple[Locks, ...], str]:
    """Return the block about which a student lies, its honest locks, and the state root that is right."""
    workload = APPLICATIONS["erc20-zipf"](60)
    truth = run(workload, 1, "sequential")
    return workload, hints_of(truth.result.results).locks or (), root_after(workload, truth)


def worst_lie(answer: Any) -> Reply:
    """Judge a function that changes the declared locks of each transaction."""
    if answer is None:
        return missing("a function, as it was.")
    workload, honest, root = honest_block()
    try:
        lies = [_read_locks(tx_index, call(answer, tx_index, locks)) for tx_index, locks in enumerate(honest)]
    except InputError as error:
        if "'frozenset' object" not in str(error):
            raise
        text = "The sets in `locks` are frozen, so that no lie can change the truth. "
        return malformed(text + "What does `locks.writes | {my_lock}` make?")
    if tuple(lies) == honest:
        return missing("a lie. `my_lie` returns each transaction's own locks.")
    result = run_locked(workload, LOCK_CORES, lies)
    speedup = measure(result, LOCK_CORES).speedup
    state = "right" if root_after(workload, result) == root else "WRONG"
    waiting = sum(map(bool, lock_order(lies)))
    shown = f"{speedup:.1f}× on {LOCK_CORES} cores (simulated), {result.aborts} thrown away, state {state}\n"
    shown += f"{waiting} of {len(lies)} transactions wait for another one"
    if speedup <= AS_SLOW_AS_ONE:
        return right("As slow as one core. Who could notice the lie, and from what?", shown)
    return wrong(*_weak_lie(lies, honest, result.aborts), shown)


def _read_locks(tx_index: int, lie: Any) -> Locks:
    where = f"for transaction {tx_index}, `my_lie` returns"
    if not isinstance(lie, Locks):
        raise InputError(f"{where} {repeat(lie)}", expected="Locks(reads=…, writes=…), each a set of locations")
    for name, one in zip(Locks._fields, lie, strict=True):
        if not isinstance(one, (set, frozenset)):
            raise InputError(f"{where} a {type(one).__name__} as {name}", expected="a set, such as {my_lock}")
        if strange := [entry for entry in one if not isinstance(entry, Location)]:
            raise InputError(f"{where} {name} with {repeat(strange[0])} in it", expected="locations, such as my_lock")
    return Locks(frozenset(lie.reads), frozenset(lie.writes))


def _weak_lie(lies: Sequence[Locks], honest: Sequence[Locks], aborts: int) -> tuple[str, str]:
    """Return the belief and the question of a lie that costs too little."""
    pairs = list(zip(lies, honest, strict=True))
    if any(lie.reads - true.reads for lie, true in pairs) and all(lie.writes <= true.writes for lie, true in pairs):
        text = "You add a location to `reads`, and to no `writes`. When do two transactions that only read "
        return "readers-wait", text + "a location have to wait for each other?"
    if lock_order(lies) == lock_order(honest):
        text = "Your sets differ from the truth, but everyone waits for the same transactions as before. "
        return "any-lie-hurts", text + "With whom does a transaction share the location that you changed?"
    if all(lie.reads <= true.reads and lie.writes <= true.writes for lie, true in pairs):
        text = f"You declare less than the truth. Transactions start early, and {aborts} are repaired. "
        return "leaving-out-hurts-most", text + "What could you declare in addition, so that nothing starts early?"
    text = f"{sum(map(bool, lock_order(lies)))} of {len(lies)} wait for another one, and the rest start at once. "
    return "a-few-are-enough", text + "Which of those that start at once could wait, and for what?"


def slow_block(answer: Any) -> Reply:
    """Judge payments with which two cores should be slower than one."""
    text = "" if answer is None else read_words(answer, "payments such as Ann>Bob, Bob>Cleo")
    if re.search(r"\d{3}", text):
        return malformed("An amount has at most two digits here: 1 to 99 ether. Does the amount make a payment slower?")
    payments = read_payments(text)
    if not payments or payments == read_payments(UNTOUCHED_BLOCK):
        return missing(f"your own payments, at most {MOST_PAYMENTS}.")
    if len(payments) > MOST_PAYMENTS:
        raise InputError(f"{len(payments)} payments", expected=f"at most {MOST_PAYMENTS}")
    try:
        on_two = run(block_of(payments), 2)
    except InvalidBlock as error:
        return malformed(f"This block is refused ({error}). Everyone has 100 ether: who pays more than they have?")
    speedup, shown = measure(on_two, 2).speedup, describe_attempts(on_two, 2, "your block on two cores")
    if failed_at_once(on_two):
        shown += f"\n{AT_ONCE} gas of time, ✗: the payer's earlier payment was not committed, so the nonce did not fit"
    if speedup <= SLOW:
        text = "Slower than one core. Whose turn was it when nothing could be committed, and what was running then?"
        return right(text, shown)
    return wrong(*_fast_block(payments, on_two.aborts, failed_at_once(on_two), speedup), shown)


def failed_at_once(run: Run) -> int:
    """Return how many aborted attempts have come no further than the nonce of their payer."""
    return sum(span.aborted and span.end - span.start <= AT_ONCE for span in run.spans if span.kind == "execute")


def _fast_block(payments: Sequence[Payment], aborts: int, at_once: int, speedup: float) -> tuple[str, str]:
    """Return the belief and the question of a block that is not slow enough, from what its payments share."""
    touched = Counter(person for payment in payments for person in dict.fromkeys([payment.payer, payment.payee]))
    (person, most), *_ = touched.most_common(1)
    alone = [str(one) for one in payments if touched[one.payer] == touched[one.payee] == 1]
    result = f"{speedup:.2f} times the speed of one core, {aborts} thrown away. "
    if most == 1:
        text = "No two of your payments share a balance, so every attempt commits. "
        return "cores-alone-slow-down", result + text + "Which two could make each other's attempts stale?"
    if alone:
        text = f"{', '.join(alone)}: no other payment touches these balances. "
        return "one-conflict-is-enough", result + text + "What would the second core do without such payments?"
    if speedup > 1:
        text = f"At most {most} payments touch one balance ({person}); others run beside them. "
        return "two-groups", result + text + "Which payments never have to wait for each other?"
    if at_once and (most == len(payments) or at_once * 2 > aborts):
        text = f"{at_once} of them lasted only {AT_ONCE} gas of time each: an earlier payment of the same payer "
        text += "was not committed, so the nonce did not fit, and they failed at once. They keep no core busy. "
        return (
            "one-payer-often",
            result + text + "From whom must a payment come, so that a stale attempt runs to its end?",
        )
    apart = len(payments) - most
    meet = f"{most} of your {len(payments)}" if apart else f"All {most}"
    text = f"{meet} payments meet at one balance ({person}). "
    if most == len(payments) < MOST_PAYMENTS:
        text += (
            f"The stale attempts run beside attempts that commit, so hardly any time is lost. You have {most} payments "
        )
        return "too-few-to-lag", result + text + f"of the {MOST_PAYMENTS} that you may write: what would one more do?"
    text += "Hardly any time is lost: when a transaction's turn comes, a core is free for it. "
    question = (
        f"What if one of the other {apart} met them there?"
        if apart
        else "Which attempt is stale and still running then?"
    )
    return "waste-is-time", result + text + question
