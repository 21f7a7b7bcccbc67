"""What lesson 05 says to what a student tries: for each turn, a function from any value at all to a reply.

`shown` is what the answer did, as text: never what would be right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from toyevm.backends import Locks, hints_of
from toyevm.backends.declared_locks import lock_order
from toyevm.errors import InputError, InvalidBlock
from toyevm.simulation.interleaver import Play, Rules, play
from toyevm.simulation.metrics import measure
from toyevm.teaching.kit.interleaving.player import InterleavingPlayer
from toyevm.teaching.kit.interleaving.view import InterleavingScene, describe_interleaving
from toyevm.teaching.lab.turns import (
    Reply,
    Turn,
    call,
    malformed,
    missing,
    read_number,
    read_one_of,
    read_words,
    repeat,
    right,
    wrong,
)
from toyevm.teaching.lab.verdicts import Status
from toyevm.teaching.lessons.speculation.attempts import describe_attempts
from toyevm.teaching.lessons.speculation.studies import SHOP, free_of_gas, root_after, run, run_locked, watched
from toyevm.types import Location
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.transfers import block_of, read_payments
from toyevm.workloads.workload import Workload

RELAY = "Ann>Bob, Bob>Cleo, Cleo>Dan, Dan>Eve, Eve>Fay"
READERS = {"B.0": "Bob, Cleo", "C.0": "Cleo, Dan", "D.0": "Dan, Eve", "E.0": "Eve, Fay"}
UNTOUCHED_BLOCK = "Ann>Bob, Cleo>Dan, Eve>Fay"
MOST_PAYMENTS, SLOW = 6, 0.9
LOCK_CORES, AS_SLOW_AS_ONE = 8, 1.1
VALIDATION, BOTH_RULES = Rules(validates=True), Rules(validates=True, in_order=True)


def after_a(answer: Any) -> Reply:
    """Judge what A's commit does to the attempts of those who hand money on."""
    if answer is None:
        return missing("what A's commit does to C.0, D.0 and E.0.")
    if not isinstance(answer, dict) or set(answer) != set(READERS):
        return malformed(f"{repeat(answer)} does not name B.0, C.0, D.0 and E.0. What does A's commit do to each?")
    if None in answer.values():
        return missing(f"{', '.join(name for name, word in answer.items() if word is None)}: abort or valid?")
    words = {name: read_one_of(answer[name], ["abort", "valid"], f"for {name} one of") for name in READERS}
    rows = [f"{name}  has read the balances of {READERS[name]:<10} you say: {words[name]}" for name in READERS]
    shown = "\n".join(["A    has written the balances of Ann, Bob", *rows])
    lost = [name for name, word in words.items() if word == "abort"]
    if words["B.0"] == "valid":
        text = "You call B.0 valid. It read Bob's balance before A wrote it. Which version does it hold now?"
        return wrong("old-versions-hold", text, shown)
    if lost == ["B.0"]:
        return right("B.0 alone must go. B.1 runs next. Whose attempts will *its* commit abort?", shown)
    if len(lost) == len(READERS):
        text = "You abort every attempt after A. Take E.0: which balance did it read that A has written?"
        return wrong("everything-after", text, shown)
    if lost == ["B.0", "C.0"]:
        text = "You abort C.0 because B is aborted. An aborted attempt writes nothing. What has changed for C.0 so far?"
        return wrong("aborts-spread", text, shown)
    return wrong("no-versions", f"You abort {lost[-1]}. Compare what it read with what A wrote: what is stale?", shown)


def thrown_away(answer: Any) -> Reply:
    """Judge how many attempts are thrown away while money is passed on."""
    if answer is None:
        return missing("a number of attempts.")
    mine = read_number(answer, 0, 1_000, "a number of attempts")
    relay = run(block_of(read_payments(RELAY)), 5)
    if mine == relay.aborts:
        text = f"{mine} thrown away; with the five mints it was 10, on the same five cores. What makes mints worse?"
        return right(text, describe_attempts(relay, 5, "money passed on"))
    known = {
        0: ("nothing-in-common", "You say that every first attempt holds. What did B.0 read, and when did A write it?"),
        1: ("only-the-first-commit", "You count what A's commit did. B.1 writes as well. Who has read Cleo's balance?"),
        relay.attempts: ("counts-executions", f"{mine} is a count of executions. How many of them are committed?"),
        10: ("as-with-the-mints", "The mints lost 10. There, each commit wrote what *all* the others had read. Here?"),
        5: (
            "the-first-is-lost-too",
            "You throw away one attempt a transaction. What did A.0 read that changed?",
        ),
        3: ("the-last-is-safe", "You stop one commit early. D.1 writes Eve's balance. Who has read it by then?"),
    }
    text = f"{mine}? Go commit by commit: A.0, B.1, and so on. How many attempts does each one make stale?"
    return wrong(*known.get(mine, ("no-versions", text)))


def moves_of(answer: Any) -> str:
    """Return the moves of a text, or those that were played in a player."""
    if isinstance(answer, InterleavingPlayer):
        return answer.schedule
    return read_words(answer, "moves such as Ar Br Aw", most=400)


def as_far(moves: str, rules: Rules) -> tuple[Play, str, InputError | None]:
    """Return a play of two payments to the shop as far as it gets, its text twin, and what is wrong with the rest."""
    workload, problem = free_of_gas(SHOP), None
    people, words = watched(workload), moves.replace(",", " ").split()
    while True:
        try:
            played = play(workload.pre, workload.block, " ".join(words), rules=rules, stops=people)
        except InputError as error:
            problem = problem or error
            words.pop()
            continue
        titles = tuple(map(str, read_payments(SHOP)))
        return played, describe_interleaving(InterleavingScene(played, titles, people)), problem


def unfinished(answer: Any, shown: str) -> Reply:
    """Ask for the rest of the moves; what was typed is shown as far as it goes, a player shows it itself."""
    text = "Missing: the moves that are still to come. Press them in the player, or write them as text."
    return Reply(Status.MISSING, text, shown=shown if isinstance(answer, str) and answer.strip() else "")


def unplayable(problem: InputError, shown: str) -> Reply:
    """Say which move cannot be played, and show those before it."""
    expected = f" (expected {problem.expected})" if problem.expected else ""
    text = f"It cannot be played: {problem.what}{expected}. Which move did you mean there?"
    return Reply(Status.MALFORMED, text, shown=shown)


def overlap(played: Play) -> bool:
    """Return whether one transaction began before the other had ended."""
    order = [event.move.tx_index for event in played.events]
    return order != sorted(order) and order != sorted(order, reverse=True)


def break_one_rule(answer: Any) -> Reply:
    """Judge moves against an executor that validates, but keeps no order."""
    if answer is None:
        return missing("moves such as Ar Br Aw, until both payments have ended.")
    played, shown, problem = as_far(moves_of(answer), VALIDATION)
    if problem:
        return unplayable(problem, shown)
    if not played.is_complete:
        return unfinished(answer, shown)
    if played.wrong(list(watched(free_of_gas(SHOP)))):
        return right("Broken. Which write came too late, and which write did it not see?", shown)
    if played.aborts:
        text = "Validation found this: an attempt was aborted, and its second run was right. It looks before a "
        return wrong("the-old-attack", text + "transaction's first write. What can still happen after that?", shown)
    if not overlap(played):
        text = "One payment ran as a whole before the other began. Which moves could you take from one and put into "
        return wrong("one-after-the-other", text + "the middle of the other?", shown)
    text = "The two overlap, but each saw the Shop that it had to see. Which read of B should come before which write "
    return wrong("any-overlap-breaks", text + "of A?", shown)


def attack_both(answer: Any) -> Reply:
    """Judge moves against an executor with both rules; nothing breaks it, but an attack must overlap."""
    if answer is None:
        return missing("your best attack.")
    moves = moves_of(answer)
    played, shown, problem = as_far(moves, BOTH_RULES)
    if problem and not as_far(moves, VALIDATION)[2]:
        text = f"Rule 2 stops it: {problem.what}. What can you still do with the reads, which have no such rule?"
        return wrong("writes-in-any-order", text, shown)
    if problem:
        return unplayable(problem, shown)
    if not played.is_complete:
        return unfinished(answer, shown)
    if played.aborts:
        text = f"The balances are right; aborted: {played.aborts}. The next cell tries every schedule. What do you "
        return right(text + "expect?", shown)
    if not overlap(played):
        text = "One payment ended before the other began: no attack yet. Which read of B could come sooner?"
        return wrong("one-after-the-other", text, shown)
    text = "They overlap, and B saw the right Shop all the same. Can B read the Shop before A writes it?"
    return wrong("any-overlap-breaks", text, shown)


def lost_fee(answer: Any) -> Reply:
    """Judge what the producer has after two fees were written at the same time."""
    if answer is None:
        return missing("a number of ether.")
    mine = read_number(answer, 0, 1_000, "a number of ether")
    if mine == 21:
        return right("One fee is lost. The next cell plays it. Ann and Eve share nothing: where do they meet?")
    known = {
        42: ("each-adds", "42 is both fees. B read the producer's balance before A wrote it. What did B read?"),
        0: ("both-are-lost", "0 would mean that neither wrote. A writes its sum, then B writes its own. Which sum?"),
        121: ("savings-for-all", "The producer has no savings: the balance starts at 0. What does B write, then?"),
    }
    text = f"{mine}? Both read 0, each adds its own 21 ether and writes the sum. Whose write is the last?"
    return wrong(*known.get(mine, ("fees-unclear", text)))


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
        if "frozenset" not in str(error):
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
    return wrong(*_weak_lie(lies, honest), shown)


def _read_locks(tx_index: int, lie: Any) -> Locks:
    where = f"for transaction {tx_index}, `my_lie` returns"
    if not isinstance(lie, Locks):
        raise InputError(f"{where} {repeat(lie)}", expected="Locks(reads=…, writes=…), each a set of locations")
    for name, one in zip(Locks._fields, lie, strict=True):
        if not isinstance(one, (set, frozenset)):
            raise InputError(f"{where} {name}={repeat(one)}", expected="a set, such as {my_lock}")
        if strange := [entry for entry in one if not isinstance(entry, Location)]:
            raise InputError(f"{where} {name} with {repeat(strange[0])} in it", expected="locations, such as my_lock")
    return Locks(frozenset(lie.reads), frozenset(lie.writes))


def _weak_lie(lies: Sequence[Locks], honest: Sequence[Locks]) -> tuple[str, str]:
    """Return the belief and the question of a lie that costs too little."""
    pairs = list(zip(lies, honest, strict=True))
    if all(lie.reads <= true.reads and lie.writes <= true.writes for lie, true in pairs):
        text = "You declare less than the truth. That starts transactions early, and the machine repairs them. "
        return "leaving-out-hurts-most", text + "What could you declare in addition, so that nothing starts early?"
    if any(lie.reads - true.reads for lie, true in pairs) and all(lie.writes <= true.writes for lie, true in pairs):
        text = "You add a location to `reads`, and to no `writes`. When do two transactions that only read "
        return "readers-wait", text + "a location have to wait for each other?"
    if lock_order(lies) == lock_order(honest):
        text = "You declare other locations, but everyone waits for the same transactions as before. "
        return "any-lie-hurts", text + "With whom does each transaction share the location that you added?"
    text = f"{sum(map(bool, lock_order(lies)))} of {len(lies)} wait now, and the rest start at once. "
    return "a-few-are-enough", text + "How do you make every transaction wait for the one before it?"


def slow_block(answer: Any) -> Reply:
    """Judge payments with which two cores should be slower than one."""
    payments = () if answer is None else read_payments(read_words(answer, "payments such as Ann>Bob, Bob>Cleo"))
    if not payments or payments == read_payments(UNTOUCHED_BLOCK):
        return missing(f"your own payments, at most {MOST_PAYMENTS}.")
    if len(payments) > MOST_PAYMENTS:
        raise InputError(f"{len(payments)} payments", expected=f"at most {MOST_PAYMENTS}")
    try:
        on_two = run(block_of(payments), 2)
    except InvalidBlock as error:
        return malformed(f"This block is refused ({error}). Everyone has 100 ether: who pays more than they have?")
    speedup, shown = measure(on_two, 2).speedup, describe_attempts(on_two, 2, "your block on two cores")
    if speedup <= SLOW:
        text = "Slower than one core. Whose turn was it when nothing could be committed, and what was running then?"
        return right(text, shown)
    if not on_two.aborts:
        text = "Nothing is thrown away here. Which payments could make each other's attempts stale?"
        return wrong("cores-alone-slow-down", text, shown)
    if speedup > 1:
        text = "Some attempts are thrown away, but others run side by side and gain more. Which payments conflict with "
        return wrong("one-conflict-is-enough", text + "no other?", shown)
    text = (
        f"{speedup:.2f}×: attempts are thrown away beside those that count, and time is hardly lost. Is a transaction "
    )
    return wrong("waste-is-time", text + "ever busy with a stale attempt when its turn comes?", shown)


TURNS: Mapping[str, Turn] = {
    "after-a": after_a,
    "thrown-away": thrown_away,
    "break-one-rule": break_one_rule,
    "attack-both": attack_both,
    "lost-fee": lost_fee,
    "worst-lie": worst_lie,
    "slow-block": slow_block,
}
