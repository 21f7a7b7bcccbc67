"""What lesson 03 says to what a student tries: for each turn, a function from any value at all to a reply.

`shown` is what the answer did, as text: never what would be right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from toyevm.analysis.conflicts import Lens
from toyevm.teaching.lab.turns import (
    Reply,
    Turn,
    malformed,
    missing,
    read_list,
    read_number,
    read_numbers,
    read_pairs,
    read_words,
    repeat,
    right,
    wrong,
)
from toyevm.teaching.lessons.conflicts.conflict_words import describe_graph, describe_matrix
from toyevm.teaching.lessons.conflicts.studies import PLAIN, Study, study, study_payments
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.transfers import read_payments

FOUR = "Kim>Lea, Max>Lea, Noa>Kim, Lea>Noa"
EIGHT = "Ann>Bob, Cleo>Dan, Bob>Dan, Eve>Fay, Dan>Gus, Fay>Ann, Gus>Eve, Hal>Ivy"
ANNS = "Ann>Bob, Ann>Cleo, Ann>Dan, Eve>Fay"
SIX = "Ann>Bob, Bob>Cleo, Cleo>Dan, Dan>Eve, Eve>Fay, Fay>Gus"
TWELVE = [f"{x}{i}>{x}{i + 1}" for x in "ABCD" for i in (1, 2, 3)]
END = "the end of an arrow: a number"
MOST_PAYMENTS = 40  # in a block that a student writes

Arrow = tuple[int, int]


def arrows_of(block: Study) -> set[Arrow]:
    """Return who waits for whom, as pairs (earlier, later)."""
    return {(each.before, each.after) for each in block.graph().dependencies}


def shared(block: Study, arrow: Arrow) -> str:
    """Return the name that two payments have in common, or "" if there is none."""
    first, second = (block.titles[tx_index].split()[0].split(">") for tx_index in arrow)
    return next((name for name in first if name in second), "")


def arrow_rows(block: Study, arrows: Iterable[Arrow]) -> str:
    """Return a row for each arrow: its two transactions, and whose balance both of them touch."""
    rows = []
    for before, after in arrows:
        name = shared(block, (before, after))
        meeting = f"both touch {name}'s balance" if name else "no balance in common"
        rows.append(f"{before}→{after}   {block.titles[before]:<9} {block.titles[after]:<9} {meeting}")
    return "\n".join(rows)


def named(entries: Iterable[Any]) -> str:
    """Return the first text among what should be numbers, or ""."""
    return next((entry for entry in entries if isinstance(entry, str)), "")


def ask_number(name: str, block: Study) -> Reply:
    """Ask for a transaction's number, where a name stands."""
    text = f"{repeat(name)} is a text. Transactions have numbers here, from 0 to {block.size - 1}: which do you mean?"
    return malformed(text)


def strange_arrow(block: Study, arrow: Arrow) -> Reply | None:
    """Return what to say to an arrow that the block does not have; None, if it has it."""
    before, after = arrow
    if arrow in arrows_of(block):
        return None
    rows, name = arrow_rows(block, [arrow]), shared(block, arrow)
    if before == after:
        text = f"{before} waits for itself in your answer. It reads before it writes: who wrote *earlier*?"
        return wrong("waits-for-oneself", text, rows)
    if not name:
        text = f"{before} and {after} touch no balance in common. Which of the two needs something from the other?"
        return wrong("order-is-enough", text, rows)
    if before > after:
        text = f"In your answer {after} waits for {before}, which comes later in the block. Which of them runs first?"
        return wrong("later-first", text, rows)
    text = f"{before} and {after} both touch {name}'s balance. Which transactions between them write it as well?"
    return wrong("every-writer", text, rows)


def holes(answer: Any) -> Reply:
    """Judge the arrows of four payments."""
    if answer is None:
        return missing("four arrows, each a pair such as `(0, 1)`.")
    pairs = read_pairs(answer, "arrows")
    if not pairs:
        return missing("four arrows, each a pair such as `(0, 1)`.")
    if open_ends := sum(end is None for pair in pairs for end in pair):
        return missing(f"{open_ends} hole{'s' if open_ends > 1 else ''}. Put a number in place of each `None`.")
    block = study_payments(FOUR)
    if name := named(end for pair in pairs for end in pair):
        return ask_number(name, block)
    mine = [(read_number(a, 0, 3, END), read_number(b, 0, 3, END)) for a, b in pairs]
    for arrow in mine:
        if reply := strange_arrow(block, arrow):
            return reply
    rows = arrow_rows(block, dict.fromkeys(mine))
    if set(mine) < arrows_of(block):
        text = f"You drew {len(set(mine))} different arrows, and all of them are in the block. It has more. For each "
        text += "payment, which of its two names have you not looked up yet?"
        return wrong("one-name-is-enough", text, rows)
    return right("These are all the arrows of the block. Which of them lie on the longest path?", rows)


def path(answer: Any) -> Reply:
    """Judge a critical path of eight payments."""
    if answer is None:
        return missing("a list of transactions, such as `[0, 5]`.")
    if type(answer) is int:
        return malformed(f"{answer} is one number. Which transactions lie on the path, one after the other?")
    entries, block = read_list(answer, "transactions"), study_payments(EIGHT)
    if not entries:
        return missing("a list of transactions, such as `[0, 5]`.")
    if name := named(entries):
        return ask_number(name, block)
    mine = read_numbers(entries, 0, 7, "transactions")
    for arrow in pairwise(mine):
        if reply := strange_arrow(block, arrow):
            return reply
    rows = arrow_rows(block, pairwise(mine)) or f"{mine[0]}     {block.titles[mine[0]]}"
    if len(mine) < block.path().length:
        text = f"This is a path, {len(mine)} long, but the block has a longer one. What does its first transaction "
        text += "wait for, what waits for its last, and does a longer path begin elsewhere?"
        return wrong("any-path", text, rows)
    speedup = f"{block.size / len(mine):.1f}"
    text = f"A critical path: {len(mine)} units for {block.size}, so at best {speedup} times as fast. "
    return right(text + "The block has a second path of this length. Does that change the bound?", rows)


def lens(answer: Any) -> Reply:
    """Judge a lens through which four payments are four times as fast."""
    if answer is None:
        return missing("a lens, such as `Lens(accounts=True, fees=True)`.")
    if not isinstance(answer, Lens):
        return malformed(f"{repeat(answer)} is no lens. Which of the four switches do you want to set in `Lens(…)`?")
    block = study_payments(ANNS)
    speedup = block.speedup(answer)
    shown = f"{answer}\nat best {speedup:.1f}×\n\n{describe_matrix(block, answer)}"
    if speedup == block.size:
        text = "No row is left. Now run Ann's payments in any order: what does a block do with a nonce out of turn "
        return right(text + "(lesson 02)?", shown)
    if answer.fees:
        text = "With the fees counted, everyone writes one more balance. Whose row is new, and who is in it?"
        return wrong("fees-are-free", text, shown)
    if answer.accounts:
        text = "By account, Ann's balance and nonce are one location. How many of her payments still touch it?"
        return wrong("larger-locations-help", text, shown)
    if set(answer.hazards) != set(PLAIN.hazards):
        text = "You chose other hazards. Ann's payments both read and write their rows. Which hazard do they escape?"
        return wrong("hazards-decide", text, shown)
    return wrong("senders-do-not-matter", "Ann pays three times. Which of these rows would have to disappear?", shown)


def titles_of(answer: Any) -> list[str]:
    """Return the payments of a text, as "Ann>Bob" or "Ann>Bob 5"; of several texts in a list, too."""
    texts = answer if isinstance(answer, (list, tuple)) else [answer]
    words = "; ".join(read_words(part, "payments such as Ann>Bob, Bob>Cleo") for part in texts)
    return [str(payment) for payment in read_list(read_payments(words), "payments", MOST_PAYMENTS)]


def order(answer: Any) -> Reply:
    """Judge another order of six payments."""
    wanted = [str(payment) for payment in read_payments(SIX)]
    titles = wanted if answer is None else titles_of(answer)
    if titles == wanted or not titles:
        return missing("the six payments in another order.")
    if [title.split()[0] for title in titles] != titles:
        other = next(title for title in titles if " " in title)
        return wrong("amounts-count", f"{other} pays another amount than before. Which amounts were there at first?")
    if sorted(titles) != sorted(wanted):
        strange = [title for title in titles if title not in wanted or titles.count(title) > 1]
        text = f"{strange[0]} is not one of the six, or is there twice." if strange else f"You have {len(titles)}."
        return wrong("another-block", f"{text} Only the order may change: which six payments are given?")
    block = study_payments(", ".join(titles))
    shown, length = describe_graph(block), block.path().length
    if length == block.size:
        text = "Every payment still waits for the one before it. Which way do the arrows point if you exchange two?"
        return wrong("reversing-helps", text, shown)
    if length > 2:
        text = f"{length} units: shorter than 6, and it can be shorter still. Which payments have no name in common?"
        return wrong("some-order-helps", text, shown)
    return right("Two units. Can it be one: what do Ann>Bob and Bob>Cleo share in any order?", shown)


def attack(answer: Any) -> Reply:
    """Judge three payments by Mallory among twelve honest ones."""
    titles = TWELVE if answer is None else titles_of(answer)
    others = [title for title in titles if not title.startswith("Mallory>")]
    own = len(titles) - len(others)
    if set(others) > set(TWELVE):
        extra = next(title for title in others if title not in TWELVE)
        return wrong("anyone-may-pay", f"{extra} is not paid by Mallory. Who signs the three payments that you insert?")
    if others != TWELVE:
        text = "The twelve honest payments are not as they were. Which of them did you move, change or leave out?"
        return wrong("honest-ones-move", text)
    if own == 0:
        return missing("three payments by Mallory, such as `Mallory>Zoe`.")
    if own != 3:
        return wrong("any-number", f"Payments by Mallory in your block: {own}. How many does the task ask for?")
    return _attacked(study_payments(", ".join(titles)))


def _attacked(block: Study) -> Reply:
    shown, path = describe_graph(block), block.path().tx_indexes
    if block.speedup() < 2:
        text = "Three payments of fifteen did that. What does it cost Mallory, and who could notice?"
        return right(f"A path of {len(path)} for {block.size}. {text}", shown)
    own = [title.split()[0].split(">")[1] for title in block.titles if title.startswith("Mallory>")]
    if not any(f"{payee}>" in title or f">{payee}" in title for payee in own for title in TWELVE):
        text = (
            "You pay strangers. Your three payments are a chain, because you pay all three, but no other payment waits "
        )
        return wrong("own-chain-is-enough", text + "for it. Whose balance would have to change?", shown)
    if len({payee[0] for payee in own}) == 1:
        text = f"You pay one person or one chain only: {', '.join(own)}. Which other chains could have to wait for you?"
        return wrong("one-chain-is-enough", text, shown)
    text = f"A path of {len(path)}: not yet below 2. Where does the longest path enter your three payments, and where "
    return wrong("any-bridge", text + "does it leave them?", shown)


def shards(answer: Any) -> Reply:
    """Judge the length of the chain at each of 16 slots, if 160 calls spread perfectly."""
    if answer is None:
        return missing("the number of transactions in the chain at each slot.")
    mine = read_number(answer, 0, 1_000_000, "a number of transactions")
    if mine == 160 // 16:
        return _shards_right()
    known: Mapping[int, tuple[str, str]] = {
        160: ("sharding-changes-nothing", "160 is the chain at *one* slot. How many calls touch a given slot now?"),
        16: ("slots-are-length", "16 is the number of slots. How many calls does each of them get?"),
        1: ("shards-end-waiting", "A chain of 1 means that no two calls share a slot. Are there enough slots?"),
        17: ("total-is-read", "Each call mints, and none asks for the total. Which single slot does a call touch?"),
    }
    other = f"{mine:,}? If all slots get the same number of calls, how many does each get?"
    return wrong(*known.get(mine, ("calls-per-slot", other)))


def _shards_right() -> Reply:
    storage, block = Lens(balances=False), study(APPLICATIONS["erc20-sharded"](160))
    fullest = block.hot_spots(storage)[0]
    shown = f"measured at the fullest slot, {block.name(fullest.location)}: a chain of {fullest.chain}\n"
    shown += f"the longest path: {block.path(storage).length}"
    text = "Callers do not spread perfectly. And where two calls mint for the same person, the path goes on in another "
    return right(text + "slot. Throw 160 balls into 16 boxes: how full is the fullest?", shown)


TURNS: Mapping[str, Turn] = {
    "holes": holes,
    "path": path,
    "attack": attack,
    "lens": lens,
    "order": order,
    "shards": shards,
}
