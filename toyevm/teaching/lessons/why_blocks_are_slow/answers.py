"""What lesson 00 says to what a student tries: who waits, schedules that lose or make money.

Each answer is executed, and a message is made from what happened: the first payment or half at which it breaks.
"""

from __future__ import annotations

import re
from typing import Any

from toyevm.errors import InputError
from toyevm.simulation.notation import LETTERS
from toyevm.teaching.kit.interleaving.scene import InterleavingScene
from toyevm.teaching.kit.interleaving.view import describe_interleaving
from toyevm.teaching.lab.turns import (
    Reply,
    Turn,
    malformed,
    missing,
    read_list,
    read_number,
    read_numbers,
    right,
    wrong,
)
from toyevm.teaching.lab.verdicts import Status
from toyevm.teaching.lessons.why_blocks_are_slow.payments import (
    SAVINGS,
    job_of_payments,
    named,
    overspent,
    payments_of,
    people,
    timetable,
    twice_in,
    units_of,
)  # fmt: skip
from toyevm.teaching.lessons.why_blocks_are_slow.schedules import can_mint, money_of, overlap, scene_of, stale_of
from toyevm.units import ETHER
from toyevm.workloads.transfers import Payment, block_of, mixed, read_payments

HALF_DONE, GIVEN = "Ann>Bob, Cleo>Dan, Bob>Dan, Eve>Cleo, Dan>Fay", [1, 1, 2]  # payments; units of the first three
CORES, GOAL = 50, 25  # the turn on mixed blocks: so many cores are to be so many times as fast as one
THREE = "Ann>Shop 5, Bob>Shop 7, Cleo>Dan 2"  # the payments A, B and C of the schedules
MOST_PAYMENTS = 12


def units(answer: Any) -> Reply:
    """The unit of time in which each of five payments runs at the earliest; three are given."""
    every = None if answer is None else read_list(answer, "five units", most=5)
    every = GIVEN + every if every and len(every) == 2 else every
    if every is None or len(every) != 5 or any(unit is None for unit in every[3:]):
        open_ = [str(3 + i) for i, unit in enumerate((every or [])[3:5]) if unit is None] or ["3", "4"]
        what = f"the unit{'s' * (len(open_) > 1)} of payment{'s' * (len(open_) > 1)} {' and '.join(open_)}"
        return missing(f"{what}, in a list of five numbers.")
    mine = read_numbers(every, 0, 99, "five units, whole numbers without quotes")
    payments = read_payments(HALF_DONE)
    job = job_of_payments(block_of(payments), payments)
    true, shown = units_of(job), timetable(payments, mine)
    if [unit + 1 for unit in mine] == true:
        text = "You count units from 0. The example counts them from 1. Which five numbers are yours then?"
        return wrong("counts-from-zero", text, shown)
    at = next((i for i, unit in enumerate(mine) if unit != true[i]), None)
    if at is None:
        return right("Three units on five cores. Which payment would you take out to make it two?", shown)
    fine = "Payment 3 is right. " if at == 4 else "The units of payments 0 to 2 are given. " if at < 3 else ""
    unit, this = mine[at], named(payments, at)
    if unit > true[at]:
        before = [j for j in range(at) if mine[j] == unit - 1]
        if not before:
            text = f"{this} runs in unit {unit}, and no payment in unit {unit - 1}. What does it wait for?"
            return wrong("waits-for-nothing", _sentence(fine, text), shown)
        text = f"You let {this} wait until {named(payments, before[-1])} has run. Which balance do the two share?"
        return wrong("order-is-serial", _sentence(fine, text), shown)
    if unit < 1:
        text = f"{this} is in unit {unit}, before the first. When can it start?"
        return wrong("before-the-start", _sentence(fine, text), shown)
    before = [j for j in job.graph.predecessors[at] if mine[j] >= unit]
    other = named(payments, before[-1])
    belief = "a-payer-writes-nothing" if payments[before[-1]].payer in people(payments[at]) else "an-old-write"
    text = f"{this} is in unit {unit}. But {other}, in unit {mine[before[-1]]}, writes a balance that it reads."
    return wrong(belief, f"{_sentence(fine, text)} Whose balance?", shown)


def chain(answer: Any) -> Reply:
    """Six payments, nobody pays or is paid twice, and six cores are no faster than one."""
    if answer is None:
        return missing('six payments, such as "Ann>Bob, Cleo>Dan, Eve>Fay, Gus>Hal, Ivy>Jon, Kim>Lea".')
    payments = payments_of(answer)
    if len(payments) != 6:
        what = f"{len(payments)} payment{'s' * (len(payments) != 1)}, and the task asks for six."
        return malformed(f"{what} Which would you {'add' if len(payments) < 6 else 'leave out'}?")
    if poor := overspent(payments, fee=True):
        return malformed(f"{poor} Which smaller amount would do? (Without a number, a payment is 1 ether.)")
    mine = job_of_payments(block_of(payments), payments)
    when, speedup = units_of(mine), mine.speedup(6)
    shown = f"{timetable(payments, when)}\n6 units on one core, {max(when)} on six cores: {speedup:.1f} times as fast"
    praise = "Six cores are no faster than one: that part is right. " if speedup == 1 else ""
    if itself := [i for i, payment in enumerate(payments) if payment.payer == payment.payee]:
        often = twice_in([payment.payer for payment in payments])
        again = f", and {often[0]} pays in payments {often[1]}" if often else ""
        text = f"In {named(payments, itself[0])} one person pays themselves{again}. Who else could be paid there?"
        return wrong("pays-oneself", praise + text, shown)
    if twice := twice_in([payment.payer for payment in payments]):
        text = f"{twice[0]} pays in payments {twice[1]}. Nobody may pay twice. How else can two share a balance?"
        return wrong("one-payer", praise + text, shown)
    if twice := twice_in([payment.payee for payment in payments]):
        text = f"{twice[0]} is paid in payments {twice[1]}, as the shop is in block B. Here nobody may be paid twice. "
        ask = f"{twice[0]} is only paid. What else could somebody who was paid do next?"
        pays = twice[0] in [payment.payer for payment in payments]
        ask = f"{twice[0]} also pays. Who else could pay after being paid?" if pays else ask
        return wrong("needs-a-shop", praise + text + ask, shown)
    if speedup == 1:
        text = "Six cores are no faster. You made a block B without a shop. Who waits for whom here?"
        return right(text, shown)
    at = next(i for i, unit in enumerate(when) if unit != i + 1)
    this, waits = named(payments, at), mine.graph.predecessors[at]
    beside = named(payments, when.index(when[at]))
    row = f"Payments 0 to {at - 1} form a chain: that part is right. But " if at > 1 else ""
    because = f"waits only for {named(payments, waits[-1])}" if waits else "waits for no payment before it"
    text = f"{this} {because}, and runs beside {beside}. Which balance must it read, to wait for payment {at - 1}?"
    belief = "different-people-suffice" if speedup >= 6 else "a-second-chain" if not waits else "side-by-side"
    return wrong(belief, _sentence(row, text), shown)


HALF_BELIEFS = {
    2: ("half-the-cores", "2 is 50 / 25. With 2 the block takes 2 units, and is 50 times as fast."),
    5: ("one-too-many", "5 in a chain take 5 units: 100 / 5 = 20 times."),
    25: ("a-quarter", "25 is the speedup of the task. A chain of 25 payments takes 25 units."),
    50: ("half-of-all", "50 is half the block, and the number of cores. 50 in a chain take 50 units: 2 times as fast."),
    75: (
        "the-other-ones",
        "75 in a chain take 75 units: 100 / 75 = 1.3 times. If 75 do *not* pay the shop, how many do?",
    ),
    96: (
        "the-other-ones",
        "96 in a chain take 96 units: hardly faster than one core. If 96 do *not* pay the shop, how many do?",
    ),
}


def half_speed(answer: Any) -> Reply:
    """How many of 100 payments go to the shop if 50 cores are 25 times as fast as one."""
    if answer is None:
        return missing("a number from 0 to 100.")
    number = read_number(answer, 0, 100, "a whole number of payments, without quotes or a point,")
    rows = [(count, job_of_payments(mixed(100, to_shop=count))) for count in (number, number + 1) if count <= 100]
    shown = "\n".join(f"{count:>3} to the shop: {job.speedup(CORES):>5.1f} times on 50 cores" for count, job in rows)
    reached = rows[0][1].speedup(CORES)
    if reached >= GOAL and rows[-1][1].speedup(CORES) < GOAL:
        return right("Yes: 5 are too many. How do you get the speedup from the length of the chain?", shown)
    shown = shown.split("\n")[0]  # the next number might be the answer
    ask = "If 50 cores are 25 times as fast as one, how many units does the block take?"
    if number in HALF_BELIEFS:
        belief, first = HALF_BELIEFS[number]
        return wrong(belief, first if first.endswith("?") else f"{first} {ask}", shown)
    if reached < GOAL:
        text = f"{number} in a chain take {number} units, one after the other: {reached:.1f} times as fast."
        return wrong("too-many", f"{text} {ask}", shown)
    if number <= 1:
        text = f"With {number} to the shop, no payment waits: 100 payments on 50 cores take 2 units, 50 times as fast."
        return wrong("one-is-too-many", f"{text} {ask}", shown)
    text = f"{number} in a chain take {number} units: {reached:.1f} times as fast."
    return wrong("too-few", f"{text} {ask}", shown)


def lost_update(answer: Any) -> Reply:
    """A schedule of A, B and C after which money is lost."""
    if answer is None or (isinstance(answer, str) and answer.strip() in ("", "A1")):
        return missing("all six halves in some order, played above or written here.")
    scene = scene_of(payments_of(THREE), answer)
    if unfinished := _unfinished(scene):
        return unfinished
    halves, shown = scene.play.schedule.split(), describe_interleaving(scene)
    if stale := stale_of(scene):
        text = f"{stale.text} What should {stale.text[0]} have checked before it wrote?"
        return right(text, shown)
    order = [half[0] for half in halves if half[1] == "1"]
    if all(halves[i][0] == halves[i + 1][0] for i in (0, 2, 4)):
        if order == ["A", "B", "C"]:
            text = "A, B and C run one after the other, and nothing is lost. Which two share a balance?"
            return wrong("one-after-the-other", f"{text} And when must both read it?", shown)
        text = f"{', '.join(order)}: another order, but still one after the other, and nothing is lost."
        ask = "Which half of one payment must come before another payment has written?"
        return wrong("any-order-loses", f"{text} {ask}", shown)
    pairs = [pair for pair in (("A", "C"), ("B", "C")) if overlap(halves, *pair)]
    what = f"C overlaps with {' and '.join(one for one, _ in pairs)}"
    later = max("AB", key=lambda name: halves.index(f"{name}1"))
    shop = f"{later}1 runs after {'AB'.replace(later, '')}2, so {later} sees the shop's new balance."
    belief = "any-overlap-loses" if len(pairs) == 2 else "c-is-in-the-way"
    return wrong(belief, f"{what}, and nothing is lost. {shop} Which two would have to overlap?", shown)


def safe_overlap(answer: Any) -> Reply:
    """A schedule that is right although C1 stands between the halves of another transaction."""
    if answer is None or (isinstance(answer, str) and not answer.strip()):
        return missing("all six halves in some order.")
    scene = scene_of(payments_of(THREE), answer)
    if unfinished := _unfinished(scene):
        return unfinished
    halves, shown = scene.play.schedule.split(), describe_interleaving(scene)
    inside = [x for x in "AB" if halves.index(f"{x}1") < halves.index("C1") < halves.index(f"{x}2")]
    if stale := stale_of(scene):
        fine = f"C1 stands between the halves of {' and '.join(inside)}: that part is right. " if inside else ""
        text = f"{fine}{'But money' if fine else 'Money'} is lost: {stale.text} Which two may not overlap?"
        return wrong("all-may-overlap" if inside else "the-wrong-pair", text, shown)
    if inside:
        return right("Right, and C ran meanwhile: that is parallel execution. Which transactions may overlap?", shown)
    if around := [x for x in "AB" if overlap(halves, x, "C")]:
        text = f"Every balance is right, and C overlaps with {' and '.join(around)}. But C1 comes before {around[0]}1."
        return wrong("inside-out", f"{text} Where must C1 stand, to be between two halves?", shown)
    text = "Every balance is right, but C1 and C2 stand side by side, outside A and B: nothing overlaps with C."
    return wrong("nothing-may-overlap", f"{text} Between which two halves could C1 stand?", shown)


def mint(answer: Any) -> Reply:
    """Payments and a schedule after which there is more money than before."""
    pair = [None, None] if answer is None else read_list(answer, "two texts: the payments, and the schedule", most=2)
    if len(pair) != 2:
        return malformed("Payments and a schedule are wanted, in this order: `(my_theft, my_theft_schedule)`.")
    first, schedule = (None if isinstance(part, str) and not part.strip() else part for part in pair)
    if first is None or schedule is None:
        what = " and ".join(["the payments"] * (first is None) + ["a schedule of all halves"] * (schedule is None))
        return missing(f"{what}.")
    payments = payments_of(first)
    if len(payments) > MOST_PAYMENTS:
        return malformed(f"More than {MOST_PAYMENTS} payments. Two are enough: which?")
    if poor := overspent(payments):
        return wrong("more-than-there-is", f"{poor} So the machine refuses it. Which smaller amount would do?")
    try:
        scene = scene_of(payments, schedule)
    except InputError as error:
        return _refused(payments, error)
    if unfinished := _unfinished(scene):
        return unfinished
    before, now = SAVINGS * len(scene.watched), money_of(scene.play, list(scene.watched))
    shown = f"{describe_interleaving(scene)}\n\nThere were {before} ether; now there are {now}."
    if now > before:
        return right("A profit, from nothing. Who in the network would accept such a block?", shown)
    stale, can = stale_of(scene), can_mint(payments)
    hope = {True: "These payments can make money: only the schedule is not right yet. ", None: ""}
    advice = hope.get(can, "No schedule of these payments makes money. ")
    if stale is None:
        ask = "Whose balance would one payment raise, and the other lower?"
        ask = ask if can is False else "Which two must read before either writes?"
        text = f"Every balance is right: no half wrote from an old value. {advice}{ask}"
        return wrong("a-right-schedule", text, shown)
    if now == before:
        ask = "What if two payments shared only one balance?" if can is False else "Which write should be lost alone?"
        text = f"{stale.text} {advice}Balances are wrong, but their sum is right. {ask}"
        return wrong("moved-not-made", text, shown)
    if can:
        text = f"{stale.text} Money is gone. {advice}Which write of {stale.name} should come last?"
        return wrong("the-other-write-last", text, shown)
    text = f"{stale.text} So what {stale.lost} wrote there is forgotten, and in the end money is gone. {advice}"
    return wrong("every-fault-loses", f"{text}Whose *spending* could be forgotten instead?", shown)


def _sentence(praise: str, text: str) -> str:
    """Begin with a capital, unless something stands before."""
    return praise + (text if praise.endswith("But ") else text[0].upper() + text[1:])


def _unfinished(scene: InterleavingScene) -> Reply | None:
    """Say which halves are still to come, below what happened so far."""
    if scene.play.is_complete:
        return None
    text = f"Not yet all halves: {' '.join(map(str, scene.play.missing))} still to come. Where would you put them?"
    return Reply(Status.MALFORMED, text, shown=describe_interleaving(scene))


def _refused(payments: tuple[Payment, ...], error: InputError) -> Reply:
    """Say why the machine refuses a payment where it stands in a schedule, if this is what went wrong."""
    found = re.fullmatch(
        r"(\w)1 is refused here: (nonce-too-high|insufficient-funds)(?:: (\d+) against \d+)?.*", error.what
    )
    if found is None:
        raise error
    at = LETTERS.index(found[1])
    payer, this = payments[at].payer, f"{found[1]}1 ({payments[at]}) is refused"
    if found[2] == "nonce-too-high":
        text = f"{this}: {payer} has an earlier payment, which is not written yet. Payments of one payer are numbered, "
        ask = "and the machine insists on their order. Who else could spend a balance that is out of date?"
        return wrong("double-spend", text + ask)
    has = int(found[3]) // ETHER
    text = f"{this}: at that moment {payer} has {has} ether, and pays {payments[at].amount}."
    return wrong("not-paid-yet", f"{text} Which half must come before it, or how much could they pay?")


TURNS: dict[str, Turn] = {
    "units": units,
    "chain": chain,
    "half-speed": half_speed,
    "lost-update": lost_update,
    "safe-overlap": safe_overlap,
    "mint": mint,
}
