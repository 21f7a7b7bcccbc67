"""What lesson 05 says to what a student tries: for each turn, a function from any value at all to a reply.

`shown` is what the answer did, as text: never what would be right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from toyevm.errors import InputError
from toyevm.simulation.interleaver import Play, Rules, play
from toyevm.simulation.metrics import Metrics, measure
from toyevm.simulation.notation import letter, version_name
from toyevm.teaching.kit.interleaving.player import InterleavingPlayer
from toyevm.teaching.kit.interleaving.scene import InterleavingScene, free_of_gas, watched
from toyevm.teaching.kit.interleaving.view import describe_interleaving
from toyevm.teaching.lab.turns import (
    Reply,
    Turn,
    malformed,
    missing,
    read_list,
    read_number,
    read_words,
    repeat,
    right,
    wrong,
)
from toyevm.teaching.lab.verdicts import Status
from toyevm.teaching.lessons.speculation.attacks import slow_block, worst_lie
from toyevm.teaching.lessons.speculation.attempts import ATTEMPT, describe_attempts
from toyevm.teaching.lessons.speculation.hidden_row import hidden_row
from toyevm.teaching.lessons.speculation.studies import SHOP, run
from toyevm.types import Version
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.transfers import block_of, read_payments

RELAY = "Ann>Bob, Bob>Cleo, Cleo>Dan, Dan>Eve, Eve>Fay"
PEOPLE = ("Ann", "Bob", "Cleo", "Dan", "Eve", "Fay")  # transaction i pays from person i to person i + 1
PLAYED_BEFORE = "A1 B1 A2 B2"  # what the player shows before a student touches it
HOT_MINTS, HOT_CORES, NEAR = 60, 16, 2
VALIDATION = Rules(validates=True)


def money_passed_on(answer: Any) -> Reply:
    """Judge which attempts each commit aborts, commit by commit, up to the first row that does not hold."""
    if answer is None:
        return missing("a list of attempts for each of A, B, C and D.")
    if not isinstance(answer, dict) or not set(answer) <= set("ABCD"):
        return malformed(f"{repeat(answer)} is no dict with a list for each of A, B, C and D. What does A abort?")
    held = ""
    for tx_index, row in enumerate("ABCD"):
        if answer.get(row) is None:
            return missing(f"a list of the attempts that {row}'s commit aborts; [] for none.{held}")
        named = _read_attempts(row, answer[row])
        if fault := _row_fault(tx_index, named):
            said = ", ".join(map(version_name, named)) or "none"
            return wrong(*fault, f"{_committed(tx_index)} commits. You let it abort: {said}.{held}")
        held = f" Right so far: {', '.join('ABCD'[: tx_index + 1])}."
    relay = run(block_of(read_payments(RELAY)), 5)
    text = f"Each commit aborts one attempt, {relay.aborts} in all. The five mints lost 10, on the same five cores. "
    return right(text + "What makes mints worse?", describe_attempts(relay, 5, "money passed on"))


def _committed(tx_index: int) -> str:
    """Return the name of the attempt that commits: A's first, and the second of all others."""
    return version_name(Version(tx_index, min(tx_index, 1)))


def _read_attempts(row: str, answer: Any) -> list[Version]:
    entries = answer.replace(",", " ").split() if isinstance(answer, str) else read_list(answer, f"attempts for {row}")
    found = [ATTEMPT.fullmatch(entry.strip().upper()) if isinstance(entry, str) else None for entry in entries]
    if None in found:
        strange = repeat(entries[found.index(None)])
        raise InputError(f"{strange} in row {row}", expected="attempts such as 'B.0': letter, point, incarnation")
    return sorted({Version("ABCDE".index(match[1]), int(match[2])) for match in found if match})


def _row_fault(at: int, named: Sequence[Version]) -> tuple[str, str] | None:
    """Return the belief and the question of the first attempt at which a row does not hold; None if it holds."""
    winner, next_one = _committed(at), Version(at + 1, 0)
    for version in named:
        name, who = version_name(version), letter(version.tx_index)
        if version.tx_index <= at:
            return _gone(version, at)
        if version.incarnation:
            text = f"You abort {name}. Before {winner} no commit has aborted {who}.0, so {who} has not run again. "
            return "a-run-for-each-commit", text + f"Which attempt of {who} is there when {winner} commits?"
    if next_one not in named:
        name, read = version_name(next_one), PEOPLE[at + 1]
        text = f"You keep {name}. It read {read}'s balance before {winner} wrote it. Which version did {name} see?"
        return "old-versions-hold", text
    others = [version for version in named if version != next_one]
    return _too_many(at, others) if others else None


def _gone(version: Version, at: int) -> tuple[str, str]:
    """Return the belief and the question of a row that aborts a transaction which has committed."""
    name, who = version_name(version), letter(version.tx_index)
    if name == _committed(version.tx_index):
        text = f"You abort {name}, which has committed: its writes are visible to all. "
        return "the-committed-can-fall", f"{text}Which have not committed when {_committed(at)} has?"
    if version.incarnation == 0:
        return (
            "aborted-twice",
            f"You abort {name} again. An earlier commit has done so already. Which attempt of {who} is there now?",
        )
    return "runs-after-the-commit", f"There is no {name}. When does {who} run for the last time?"


def _too_many(at: int, others: Sequence[Version]) -> tuple[str, str]:
    """Return the belief and the question of a row that aborts the right attempt, and others that are not stale."""
    winner, last = _committed(at), others[-1]
    name = version_name(last)
    read, wrote = (" and ".join(PEOPLE[i : i + 2]) for i in (last.tx_index, at))
    compare = f"{name} has read the balances of {read}; {winner} has written those of {wrote}. "
    if len(others) > 1 and len(others) == 3 - at:
        text = f"You abort every attempt after {winner}. Take the last: {compare}"
        return "everything-after", text + "Which balance stands in both lists?"
    text = f"{letter(at + 1)}.0 is right. You abort {name} too: {compare}"
    if last.tx_index == at + 2:
        text += f"The aborted {letter(at + 1)}.0 has written nothing. "
        return "aborts-spread", f"{text}What has changed for {name}?"
    return "no-shared-balance", f"{text}Which balance has {name} seen that is outdated now?"


def moves_of(answer: Any) -> str:
    """Return the moves of a text, or those that were played in a player."""
    if isinstance(answer, InterleavingPlayer):
        return answer.schedule
    return read_words(answer, "moves such as Ar Br Aw", most=400)


def as_far(moves: str) -> tuple[Play, str, InputError | None]:
    """Return a play of two payments to the shop as far as it gets, its text twin, and what is wrong with the rest."""
    workload, problem = free_of_gas(read_payments(SHOP)), None
    people, words = watched(workload), moves.replace(",", " ").replace(";", " ").split()
    while True:
        try:
            played = play(workload.pre, workload.block, " ".join(words), rules=VALIDATION, stops=people)
        except InputError as error:
            problem = problem or error
            words.pop()
            continue
        titles = tuple(map(str, read_payments(SHOP)))
        return played, describe_interleaving(InterleavingScene(played, titles, people)), problem


def played_on(moves: str) -> tuple[Play, str, InputError | None, str]:
    """Return a play as `as_far` does; when one transaction is left, its moves follow, and come back as the last."""
    played, shown, problem = as_far(moves)
    added: list[str] = []
    while not problem and len({move.tx_index for move in played.missing}) == 1:
        added += map(str, played.missing)
        played, shown, problem = as_far(" ".join([moves, *added]))
    return played, shown, problem, " ".join(added)


def unplayable(problem: InputError, shown: str) -> Reply:
    """Say which move cannot be played, and show those before it."""
    expected = f" (expected {problem.expected})" if problem.expected else ""
    return Reply(
        Status.MALFORMED, f"It cannot be played: {problem.what}{expected}. Which move comes next?", shown=shown
    )


def break_one_rule(answer: Any) -> Reply:
    """Judge moves against an executor that validates, but keeps no order."""
    if answer is None:
        return missing("moves such as Ar Br Aw, until both payments have ended.")
    moves = moves_of(answer)
    if isinstance(answer, InterleavingPlayer) and moves.split() == PLAYED_BEFORE.split():
        return missing("moves of your own, with the buttons or as text. Rule 1 has caught those in the player.")
    played, shown, problem, added = played_on(moves)
    if problem:
        caught = _caught(played)
        return wrong(*caught, shown) if caught else unplayable(problem, shown)
    if not played.is_complete:
        rest, is_text = " ".join(map(str, played.missing_steps)), isinstance(answer, str) and answer.strip()
        text = f"Missing: {rest}. Press them in the player, or write them as text, in any order that the rule allows."
        return Reply(Status.MISSING, text, shown=shown if is_text else "")
    start = f"After your moves only one payment was left; {added} followed. " if added else ""
    if played.wrong(list(watched(free_of_gas(read_payments(SHOP))))):
        return right(f"{start}Broken. Which write came too late for the other payment to read it?", shown)
    return wrong(*_unbroken(played, start), shown)


def _caught(played: Play, start: str = "") -> tuple[str, str] | None:
    """Return the belief and the question of the first abort of a play; None if there is none."""
    at = next((at for at, event in enumerate(played.events) if event.stale), None)
    if at is None:
        return None
    aborted = played.events[at].move
    who, other = letter(aborted.tx_index), letter(1 - aborted.tx_index)
    text = f"{start}Rule 1 caught this at {aborted}: {who} had seen an outdated balance. "
    text += f"So {who} was aborted, and must read again. "
    writes = [before for before, event in enumerate(played.events[:at]) if event.wrote]
    last_read = max(before for before in range(at) if played.events[before].move.tx_index == aborted.tx_index)
    if writes[0] < last_read < writes[-1]:
        text += f"{who}'s check came after {other}'s second write. "
        return "checked-too-late", f"{text}What if {who} writes once before it?"
    return "the-old-attack", f"{text}A payment is checked before its first write. What can happen after that check?"


def _unbroken(played: Play, start: str) -> tuple[str, str]:
    """Return the belief and the question of moves that end in the right balances."""
    if caught := _caught(played, start):
        return caught
    order = [event.move.tx_index for event in played.events]
    if order in (sorted(order), sorted(order, reverse=True)):
        text = f"{start}{letter(order[0])} ended before {letter(order[-1])} began. Which moves could you take from one "
        return "one-after-the-other", text + "and put into the middle of the other?"
    shop = next(location for location, name in watched(free_of_gas(read_payments(SHOP))).items() if name == "Shop")
    first, last = [letter(event.move.tx_index) for event in played.events if shop in event.wrote]
    text = f"{start}The two overlap, but {last} read Shop only after {first} had written it, and saw the right sum. "
    return "any-overlap-breaks", text + f"What if {last} reads Shop sooner, and how does it get past its check then?"


def two_strangers(answer: Any) -> Reply:
    """Judge how often two payments run whose people have nothing in common, with the fee slot and both rules."""
    if answer is None:
        return missing("a number of executions.")
    mine = read_number(answer, 0, 1_000, "a number of executions")
    if mine == 3:
        text = "One attempt is thrown away, and the next cell shows which. Neither A nor B touches a balance of the "
        return right(text + "other's people: where do they meet?")
    known = {
        0: (
            "counts-the-aborted",
            "0: but A and B have both written in the end. Do you count all runs, or only the lost ones?",
        ),
        1: ("counts-the-aborted", "1 is less than two payments need. Do you count executions, or those thrown away?"),
        2: (
            "different-senders-never-conflict",
            "2: then no attempt is thrown away. Besides their own people's balances, which one do A and B read?",
        ),
        4: (
            "both-run-again",
            "4: then each payment runs twice. A writes first. What had changed between A's reads and A's writes?",
        ),
        5: ("again-and-again", "5: then three attempts are lost. Once A has ended, who can overwrite what B reads?"),
        6: ("counts-moves", "6: is that a number of moves? An execution has two, a run and a write. How many runs?"),
        21: ("ether-for-executions", "21 is a fee in ether. How often does A run, and how often B?"),
        42: ("ether-for-executions", "42 is the sum of two fees. How often does A run, and how often B?"),
    }
    text = f"{mine} executions: two commit, so {mine - 2} would be thrown away. Play A1 B1 A2 B2 on paper, and follow "
    text += "the producer's balance too. Which attempt is stale when it is about to write?"
    return wrong(*known.get(mine, ("nothing-was-played", text)))


@cache
def hot_run() -> Metrics:
    """Return the numbers of many mints on many cores."""
    return measure(run(APPLICATIONS["erc20-mint"](HOT_MINTS), HOT_CORES), HOT_CORES)


def hot_slot(answer: Any) -> Reply:
    """Judge an estimate of how often each of many transactions runs that all write one location."""
    if answer is None:
        return missing("a number, such as 1.5.")
    if type(answer) not in (int, float) or not 0 <= answer <= 10_000:
        raise InputError(repeat(answer), expected="a number: how often a mint runs, on average")
    true = hot_run()
    if abs(answer - true.executions_per_transaction) <= NEAR:
        text = (
            f"{true.executions_per_transaction:.1f} in the simulation: {true.executions} executions, at the speed of "
        )
        return right(text + "one core. Why is it less than the number of cores?")
    return wrong(*_estimate(answer))


def _estimate(runs: float) -> tuple[str, str]:
    """Return the belief and the question of an average that is too low or too high."""
    if runs < 1:
        return "never-runs", f"{runs:g}: less than one run for each mint. How would each of them commit?"
    if runs == 1:
        return "nothing-is-lost", f"{runs:g}: then no attempt is lost. The five mints ran three times each. Why?"
    if runs <= 2:
        text = f"{runs:g}: then no mint needs a third attempt. After a commit, many run side by side again. "
        return "second-time-lucky", text + "How many of them can commit?"
    if runs == 3:
        return "as-with-five", "3 is the average of five mints on five cores. Who runs beside an attempt on 16 cores?"
    if HOT_MINTS / 2 <= runs <= HOT_MINTS / 2 + 1:
        text = f"{runs:g} is the average of 1 to {HOT_MINTS}. That would mean that all waiting mints run again after "
        text += "every commit. "
        return "a-core-for-each", text + "How many of them can run at once?"
    if runs > HOT_MINTS:
        text = f"{runs:g} for each would be {runs * HOT_MINTS:,.0f} for the block. "
        return "counts-the-block", text + "Is your number one for each mint, or one for the block?"
    text = f"{runs:g} for each mint are {runs:g} for each commit, since each mint commits once. "
    if runs > HOT_CORES:
        return "more-than-the-cores", text + "How many attempts end on 16 cores, from one commit to the next?"
    text += f"So about {runs:g} of the {HOT_CORES} cores would be at work from one commit to the next. "
    return "idle-cores", text + f"What do the other {HOT_CORES - runs:g} do in that time?"


TURNS: Mapping[str, Turn] = {
    "hidden-row": hidden_row,
    "money-passed-on": money_passed_on,
    "break-one-rule": break_one_rule,
    "two-strangers": two_strangers,
    "hot-slot": hot_slot,
    "worst-lie": worst_lie,
    "slow-block": slow_block,
}
