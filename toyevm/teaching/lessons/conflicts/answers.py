"""What lesson 03 says to what a student tries: for each turn, a function from any value at all to a reply.

`shown` is what the answer did, as text: never what would be right.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise, zip_longest
from typing import Any

from toyevm.analysis.conflicts import Lens
from toyevm.errors import InputError
from toyevm.teaching.lab.turns import (
    Reply,
    Turn,
    malformed,
    missing,
    read_list,
    read_number,
    read_numbers,
    read_pairs,
    repeat,
    right,
    wrong,
)
from toyevm.teaching.lessons.conflicts.conflict_words import describe_graph, seen_through
from toyevm.teaching.lessons.conflicts.payment_arrows import (
    Arrow,
    arrow_rows,
    arrows_of,
    broken_step,
    drawn_twice,
    idle_payments,
    named,
    short_path,
    strange_arrow,
    titles_of,
)
from toyevm.teaching.lessons.conflicts.studies import PLAIN, Study, study, study_payments
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.transfers import read_payments, to_many

FOUR = "Kim>Lea, Max>Lea, Noa>Kim, Lea>Noa"
EIGHT = "Ann>Bob, Cleo>Dan, Bob>Dan, Eve>Fay, Dan>Gus, Fay>Ann, Gus>Eve, Hal>Ivy"
ANNS = "Ann>Bob, Ann>Cleo, Ann>Dan, Eve>Fay"
SIX = "Ann>Bob, Bob>Cleo, Cleo>Dan, Dan>Eve, Eve>Fay, Fay>Gus"
TWELVE = [f"{x}{i}>{x}{i + 1}" for x in "ABCD" for i in (1, 2, 3)]
END = "the end of an arrow: a number"


def holes(answer: Any) -> Reply:
    """Judge the arrows of four payments."""
    block = study_payments(FOUR)
    entries = [] if answer is None else read_list(answer, "arrows")
    if not entries:
        return missing("four arrows, each a pair such as `(0, 1)`.")
    if all(type(entry) is int for entry in entries):
        text = f"You wrote {len(entries)} single numbers. Each arrow is a pair in round brackets, such as `(0, 1)`: "
        return malformed(text + "where does your first arrow begin, and where does it end?")
    if reply := named(entries, block):
        return reply
    pairs = read_pairs(entries, "arrows")
    if open_ends := sum(end is None for pair in pairs for end in pair):
        return missing(f"{open_ends} hole{'s' if open_ends > 1 else ''}. Put a number in place of each `None`.")
    ends = [end for pair in pairs for end in pair]
    if reply := named(ends, block):
        return reply
    if all(type(end) is int for end in ends) and min(ends) == 1 and max(ends) == 4:
        text = f"Your arrows join transactions 1 to 4, such as {pairs[0]}. Which number has Kim>Lea in the table?"
        return wrong("counts-from-1", text)
    return _arrows_drawn(block, [(read_number(a, 0, 3, END), read_number(b, 0, 3, END)) for a, b in pairs])


def _arrows_drawn(block: Study, mine: list[Arrow]) -> Reply:
    there = [arrow for arrow in dict.fromkeys(mine) if arrow in arrows_of(block)]
    right_part = f"{', '.join(f'{a}→{b}' for a, b in there)}: right. " if there else ""
    for arrow in mine:
        if reply := strange_arrow(block, arrow, right_part):
            return reply
    rows = arrow_rows(block, there)
    if set(there) < arrows_of(block):
        if asked := drawn_twice(block, mine):
            return wrong("one-name-is-enough", right_part + asked, rows)
        text = f"You drew {len(there)} different arrow{'s' if len(there) > 1 else ''}, each of them right. The block "
        text += "has more. For each payment, which of its two names have you not looked up yet?"
        return wrong("one-name-is-enough", text, rows)
    return right("These are all the arrows of the block. Which of them lie on the longest path?", rows)


def path(answer: Any) -> Reply:
    """Judge a critical path of eight payments."""
    if answer is None:
        return missing("a list of transactions, such as `[0, 5]`.")
    if type(answer) is int:
        return malformed(f"{answer} is one number. Which transactions lie on the path, one after the other?")
    if isinstance(answer, (set, frozenset)):
        return malformed("A Python set has no order, but a path has one. Which brackets keep the order?")
    entries, block = read_list(answer, "transactions"), study_payments(EIGHT)
    if not entries:
        return missing("a list of transactions, such as `[0, 5]`.")
    if reply := named(entries, block):
        return reply
    if all(isinstance(entry, (list, tuple)) and len(entry) == 2 for entry in entries):
        text = f"You wrote arrows, such as {repeat(entries[0])}. Which transactions do you pass if you follow them, "
        return malformed(text + "each named once, in one list?")
    if all(type(entry) is int for entry in entries) and min(entries) >= 1 and max(entries) == block.size:
        return wrong(
            "counts-from-1", f"Your path holds {block.size}. Which number does the table give the last payment?"
        )
    mine = read_numbers(entries, 0, 7, "transactions")
    if len(mine) == block.path().length and set(pairwise([entry - 1 for entry in mine])) <= arrows_of(block):
        text = f"Your list begins with {mine[0]}, which is {block.titles[mine[0]]}. Is this where you wanted to begin: "
        return wrong("counts-from-1", text + "which number does the table give the first payment?")
    for step, arrow in enumerate(pairwise(mine)):
        if reply := broken_step(block, mine, step, arrow):
            return reply
    rows = arrow_rows(block, pairwise(mine)) or f"{mine[0]}     {block.titles[mine[0]]}"
    if len(mine) < block.path().length:
        return short_path(block, mine, rows)
    speedup = f"{block.size / len(mine):.1f}"
    text = f"A critical path: {len(mine)} units for {block.size}, so at best {speedup} times as fast. "
    return right(text + "The block has a second path of this length. Does that change the bound?", rows)


def chain(answer: Any) -> Reply:
    """Judge a lens, other than by account, through which twelve payments to twelve others are a chain."""
    if answer is None:
        return missing("a lens, such as `Lens(accounts=True)`.")
    if not isinstance(answer, Lens):
        return not_a_lens(answer)
    block = study(to_many(12, token=True))
    speedup, shown = block.speedup(answer), seen_through(block, answer)
    if speedup == 1 and not answer.accounts:
        text = "A chain of twelve. Whose balance is the row, and which of the twelve needs to know how much is in it?"
        return right(text, shown)
    if answer.accounts and answer.fees:
        text = "You set `accounts` and `fees`. What is left of the chain if you take `accounts` out?"
        return wrong("two-switches", text, shown)
    if answer.accounts:
        text = f"By account, the best speedup is {speedup:.0f}×. The task leaves `accounts` out. Which location does "
        return wrong("accounts-again", text + "every transaction change, whatever it does?", shown)
    part = "Still no row: " if set(answer.hazards) == set(PLAIN.hazards) else "You count all hazards. Still no row: "
    text = "the twelve write no location in common. What do all of them pay, besides the tokens?"
    return wrong("this-switch-makes-a-chain", part + text, shown)


def not_a_lens(answer: Any) -> Reply:
    """Ask for a lens."""
    return malformed(f"{repeat(answer)} is no lens. Which of the four switches do you want to set in `Lens(…)`?")


def lens(answer: Any) -> Reply:
    """Judge a lens through which four payments are four times as fast."""
    if answer is None:
        return missing("a lens, such as `Lens(accounts=True, fees=True)`.")
    if not isinstance(answer, Lens):
        return not_a_lens(answer)
    block = study_payments(ANNS)
    speedup, shown = block.speedup(answer), seen_through(block, answer)
    if speedup == block.size:
        text = "No row is left. Now run Ann's payments in any order: what does a block do with a nonce out of turn "
        return right(text + "(lesson 02)?", shown)
    if answer.fees:
        text = "With the fees counted, each transaction reads and writes one more balance. Which row holds all four?"
        return wrong("fees-are-free", text, shown)
    if answer.accounts:
        text = "By account, Ann's balance and nonce are one location. How many of her payments still touch it?"
        return wrong("larger-locations-help", text, shown)
    if set(answer.hazards) != set(PLAIN.hazards):
        text = f"You set `hazards`, and the best speedup is {speedup:.1f}×. 0, 1 and 2 each read and write Ann's rows, "
        text += "so RAW alone makes them wait. Which switch takes such rows out?"
        return wrong("hazards-decide", text, shown)
    text = "`Lens()` counts every field: 0, 1 and 2 meet in two rows. What kind of field is each of these rows?"
    return wrong("senders-do-not-matter", text, shown)


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
        strange = [f"{title} is not one of the six." for title in titles if title not in wanted]
        strange += [f"{title} stands there {titles.count(title)} times." for title in titles if titles.count(title) > 1]
        strange += [f"{title} is missing." for title in wanted if title not in titles]
        return wrong("another-block", f"{strange[0]} Only the order may change: which six payments are given?")
    block = study_payments(", ".join(titles))
    shown, length = describe_graph(block), block.path().length
    if length == block.size:
        text = f"{titles[0]} and {titles[1]} share a name, and so do all neighbours in your order: each payment still "
        text += "waits for the one before it. Which way does an arrow point if only these two change places?"
        return wrong("reversing-helps", text, shown)
    if length > 2:
        steps = [block.titles[tx_index] for tx_index in block.path().tx_indexes]
        text = f"{length} units, shorter than 6. In your order each of {', '.join(steps)} waits for the one before it. "
        return wrong("some-order-helps", text + "Which of them waits for nothing if it stands first?", shown)
    return right("Two units. Can it be one: what do Ann>Bob and Bob>Cleo share in any order?", shown)


def attack(answer: Any) -> Reply:
    """Judge three payments by Mallory among twelve honest ones."""
    titles = TWELVE if answer is None else titles_of(answer)
    others = [title for title in titles if not title.startswith("Mallory>")]
    own = len(titles) - len(others)
    if set(others) > set(TWELVE):
        extra = next(title for title in others if title not in TWELVE)
        if extra.startswith("mallory>"):
            return wrong(
                "capitals-do-not-count", f"{extra}: `mallory` is another person. How is Mallory's name spelled?"
            )
        return wrong("anyone-may-pay", f"{extra} is not paid by Mallory. Who signs the three payments that you insert?")
    if not others:
        return wrong("a-block-of-ones-own", "Only your own payments are there. Where are the twelve honest ones?")
    if others != TWELVE:
        pairs = zip_longest(TWELVE, others, fillvalue="nothing")
        given, found = next((given, found) for given, found in pairs if given != found)
        text = f"The honest payments are not as they were: where {given} stood, you have {found}. May you change "
        return wrong("honest-ones-move", text + "what others sign, or their order?")
    if own == 0:
        return missing("three payments by Mallory, such as `Mallory>Zoe`.")
    if own != 3:
        return wrong("any-number", f"Payments by Mallory in your block: {own}. How many does the task ask for?")
    return _attacked(study_payments(", ".join(titles)))


def _attacked(block: Study) -> Reply:
    path = [block.titles[tx_index] for tx_index in block.path().tx_indexes]
    shown = f"{describe_graph(block)}\nin words:      {', '.join(path)}"
    if block.speedup() < 2:
        text = "Three payments of fifteen did that. What does it cost Mallory, and who could notice?"
        return right(f"A path of {len(path)} for {block.size}. {text}", shown)
    if reply := idle_payments(block, shown):
        return reply
    at = [step for step, title in enumerate(path) if title.startswith("Mallory>")]
    text = f"The best speedup is {block.speedup():.1f}×, not yet below 2. "
    if not at:
        text += f"A longest path is still {', '.join(path)}, without you. Which payment of yours could make it longer?"
        return wrong("path-without-mallory", text, shown)
    text += f"A longest path has {len(path)} payments, {len(path) - len(at)} of them honest. "
    if at[0] == 0:
        text += f"It begins with {path[0]}, which waits for no payment. After whose chain could it wait?"
        return wrong("nothing-before", text, shown)
    if at[-1] == len(path) - 1:
        text += f"It ends with {path[-1]}: no payment waits for it. Who must be paid, and before which payment?"
        return wrong("nothing-after", text, shown)
    text += f"Payments before your first one: {at[0]}; after your last one: {len(path) - 1 - at[-1]}. "
    return wrong("any-bridge", text + "On which side could more stand?", shown)


def slot(answer: Any) -> Reply:
    """Judge the speedup of 100 transactions without the slot that makes 40 of them a chain; the rest has span 4."""
    if answer is None:
        return missing("the best speedup without the slot, a number.")
    if type(answer) not in (int, float) or not 0 <= answer <= 1_000:
        raise InputError(repeat(answer), expected="a number from 0 to 1,000")
    if answer == 100 / 4:
        return right("25 times: 100 units of work in 4 units of time. What would have to change next?")
    known: Mapping[float, tuple[str, str]] = {
        2.5: ("with-the-slot", "2.5 is 100 / 40, the speedup *with* the slot. Which number is the span without it?"),
        4: ("span-is-speedup", "4 is the span, in units of time. How much work is done in these 4 units?"),
        40: ("chain-is-speedup", "40 is the length of the chain at the slot. Does this chain still exist?"),
        10: ("only-the-chain-runs", "10 is 40 / 4: the work of the 40 only. Which others run?"),
        15: ("chain-is-gone", "15 is 60 / 4: the work without the 40. Do these 40 still run?"),
        60: ("chain-is-subtracted", "60 is 100 - 40. Do the 40 leave the block, or only stop waiting there?"),
        96: ("span-is-subtracted", "96 is 100 - 4. How do work and span give a speedup (lesson 00)?"),
        36: (
            "saved-is-speedup",
            "36 is 40 - 4: units by which the block ends earlier. How many *times* as fast is it?",
        ),
        100: ("nobody-waits", "100 times needs a span of 1. Which span does the task give?"),
        1: ("nothing-changes", "1 is as fast as one core. Which of the 100 must still wait if the span is 4?"),
    }
    text = (
        f"At {answer:g} times, 100 units of work take {100 / answer:.3g} units of time."
        if answer
        else "Even one core is 1×."
    )
    return wrong(*known.get(answer, ("any-speedup", f"{text} Which span does the task give?")))


def shards(answer: Any) -> Reply:
    """Judge the length of the chain at each of 16 slots, if 160 calls spread perfectly."""
    if answer is None:
        return missing("the number of transactions in the chain at each slot.")
    if isinstance(answer, (list, tuple)):
        return malformed(f"You gave {len(answer)} entries. If all slots get the same, which one number says it?")
    mine = read_number(answer, 0, 1_000_000, "a whole number of transactions,")
    if mine == 160 // 16:
        return _shards_right()
    known: Mapping[int, tuple[str, str]] = {
        160: ("sharding-changes-nothing", "160 is the chain at *one* slot. How many calls touch a given slot now?"),
        16: ("slots-are-length", "16 is the number of slots. How many calls does each of them get?"),
        1: ("shards-end-waiting", "A chain of 1 means that no two calls share a slot. Are there enough slots?"),
        0: ("shards-are-empty", "A chain of 0 means that no call touches a slot. Where does each call add its tokens?"),
        17: ("total-is-read", "Each call mints, and none asks for the total. Which single slot does a call touch?"),
        9: ("only-waits-count", "Did you count the calls that *wait* at a slot? Which one of the chain does not wait?"),
        144: (
            "slots-are-taken-off",
            "144 is 160 - 16. Does a slot take one call away, or do the calls share the slots?",
        ),
        2560: (
            "every-slot-each-time",
            "2,560 is 160 × 16: every call in every slot. How many of the 16 does it touch?",
        ),
    }
    other = f"Chains of {mine:,} at 16 slots are {16 * mine:,} calls in all. How many calls does the block have?"
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
    "slot": slot,
    "attack": attack,
    "chain": chain,
    "lens": lens,
    "order": order,
    "shards": shards,
}
