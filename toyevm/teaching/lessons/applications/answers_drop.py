"""What lesson 15 says to a drop that was spread: buyers call it, few and then many, and the slots are watched."""

from __future__ import annotations

from itertools import chain
from typing import Any

from toyevm.teaching.lab.turns import Reply, malformed, missing, repeat, right, wrong
from toyevm.teaching.lessons.applications.drop import ALIKE, CAP, CROWD, PLACES, RUSH, Sale, sell

LONGEST = 9  # purchases in a row, of 40, that still count as spread


def drop(answer: Any) -> Reply:
    """Judge a student's `buy(slots, buyer, amount)`."""
    if answer is None:
        return missing("a function.")
    quiet = sell(answer, CROWD)
    if all(answered is None for answered in quiet.answers):
        return missing("what `buy` returns: True or False.")
    sell(answer, CROWD[:3])  # so that nobody who counts outside the slots is where they began
    again, rush = sell(answer, CROWD), sell(answer, RUSH)
    for (buyer, _), got in zip((*CROWD, *RUSH), (*quiet.answers, *rush.answers), strict=True):
        if type(got) is not bool:
            return malformed(f"For buyer {buyer}, `buy` returns {repeat(got)}. Are the tokens sold: True or False?")
    shown = "\n".join((_in_words("40 buyers, 1 each", quiet), _in_words("a rush of 160 buyers", rush)))
    if (again.reads, again.writes) != (quiet.reads, quiet.writes):
        text = "40 purchases, made again, use other slots. A node knows slots and call only: what else decides here?"
        return wrong("by-chance", text, shown)
    return _unsafe(quiet, rush, shown) or _slow(quiet, shown) or _spread(answer, rush, shown)


def _in_words(title: str, sale: Sale) -> str:
    return f"{title:<22} {sale.sold:>3} sold, longest chain {sale.span}, busiest slot {sale.hottest[0]}"


def _unsafe(quiet: Sale, rush: Sale, shown: str) -> Reply | None:
    """Return what is said if too many are sold, or none, or if a refusal leaves something behind."""
    changed = [number for number, sold in enumerate(rush.answers) if sold is False and rush.changes[number]]
    if changed:
        buyer, amount = RUSH[changed[0]]
        text = f"Buyer {buyer} wants {amount} and is refused, but a slot has changed. When may `buy` write?"
        return wrong("writes-when-refused", text, shown)
    if not quiet.sold:
        read = ", ".join(f"`{name}`" for name in sorted(quiet.reads[0])) or "no slot"
        text = f"Nothing is sold. Buyer {CROWD[0][0]} comes first and reads {read}. What does it hold at first?"
        return wrong("refuses-all", text, shown)
    if not any(quiet.writes):
        text = "Tokens are sold, and no slot was ever written. Where else do you count, and does a node keep that?"
        return wrong("nothing-written-down", text, shown)
    return _oversold(rush, shown) if rush.sold > CAP else None


def _oversold(rush: Sale, shown: str) -> Reply:
    silent = [number for number, sold in enumerate(rush.answers) if sold and not rush.writes[number]]
    if silent:
        text = f"{rush.sold} of {CAP} sold. Buyer {RUSH[silent[0]][0]} wrote no slot: how can the next one know of it?"
        return wrong("nothing-written-down", text, shown)
    less = [number for number, sold in enumerate(rush.answers) if sold and 0 < rush.taken[number] < RUSH[number][1]]
    if less:
        (buyer, amount), taken = RUSH[less[0]], rush.taken[less[0]]
        text = f"Buyer {buyer} gets {amount}, but the slots hold only {taken} less. What must you take from a room?"
        return wrong("takes-less-than-it-sells", text, shown)
    below = next((name for name in PLACES if rush.slots.get(name, 0) < 0), "")
    if below:
        text = f"{rush.sold} of {CAP} sold, `{below}` holds {rush.slots[below]}. What must it hold to sell `amount`?"
        return wrong("room-below-zero", text, shown)
    name, most = max(rush.slots.items(), key=lambda item: item[1])
    text = f"{rush.sold} of {CAP} sold: `{name}` alone holds {most}. How many may each of eight slots sell by itself?"
    return wrong("each-slot-sells-all", text, shown)


def _slow(quiet: Sale, shown: str) -> Reply | None:
    """Return what is said if purchases wait for each other more than they must."""
    if quiet.span <= LONGEST:
        return None
    name, count = quiet.hottest
    readers = max(map(len, quiet.reads))
    if name not in PLACES and count >= quiet.span:
        text = f"{count} of 40 purchases write `{name}`, so they are a chain of {quiet.span}. What do you need it for?"
        return wrong("another-hot-slot", text, shown)
    if readers >= len(PLACES) and quiet.span == len(CROWD):
        text = f"Each purchase reads {readers} slots: a chain of {quiet.span}. How could *one* slot say if it may sell?"
        return wrong("reads-the-whole-sum", text, shown)
    place, readers = quiet.most_read
    text = f"{readers} of 40 read `{place}`: a chain of {quiet.span}. How many buyers should begin at each of 8 rooms?"
    return wrong("most-begin-at-one", text, shown)


def _spread(answer: Any, rush: Sale, shown: str) -> Reply:
    if not {*PLACES} & {*chain(*rush.writes)} and rush.sold == CAP:
        return right("Spread, but in slots of your own. The rooms still say 8: who reads them?", shown)
    unused = [name for name in PLACES if rush.slots.get(name) == CAP // len(PLACES)]
    if unused:
        text = f"`{unused[0]}` still holds all its tokens after a rush of 160 buyers. Who is sent there?"
        return wrong("rooms-that-nobody-uses", text, shown)
    rest = next((name for name in PLACES if rush.slots.get(name, 0) > 0), "")
    if rest:
        text = f"After 160 buyers, some of whom want 1 token, `{rest}` still holds {rush.slots[rest]}. Who may buy it?"
        return wrong("never-sells-the-last", text, shown)
    alike = sell(answer, ALIKE)
    shown += "\n" + _in_words("64 times buyer 5", alike)
    if alike.sold < CAP:
        text = f"Spread, and never over {CAP}. If only buyer 5 buys, {alike.sold} are sold. Whom would that trouble?"
        return right(text, shown)
    text = "Spread, and whoever wants one token gets it while there is one. How many slots do the last buyers read?"
    return right(text, shown)
