"""What lesson 00 says to what a student tries: chains of payments, schedules that lose or make money, a steady fee."""

from __future__ import annotations

from typing import Any

from toyevm.backends import BACKENDS, RunConfig
from toyevm.errors import InputError
from toyevm.simulation.interleaver import play
from toyevm.teaching.kit.interleaving.view import InterleavingScene, balances, describe_interleaving
from toyevm.teaching.kit.job import Job, job_of
from toyevm.teaching.kit.lanes_view import show_lanes
from toyevm.teaching.lab.turns import Reply, Turn, malformed, missing, read_list, read_number, read_words, right, wrong
from toyevm.teaching.lessons.why_blocks_are_slow.load import run_load
from toyevm.units import ETHER
from toyevm.workloads.transfers import block_of, mixed, read_payments
from toyevm.workloads.workload import Workload

CORES, GOAL = 50, 25  # the turn on mixed blocks: so many cores are to be so many times as fast as one
STEADY_BLOCKS, MOST_ARRIVALS = 12, 40
THREE = "Ann>Shop 5, Bob>Shop 7, Cleo>Dan 2"  # the payments A, B and C of the schedules
MOST_PAYMENTS = 12


def chain(answer: Any) -> Reply:
    """Six payments, nobody pays or is paid twice, and six cores are no faster than one."""
    if answer is None:
        return missing('six payments, such as "Ann>Bob, Cleo>Dan, Eve>Fay, Gus>Hal, Ivy>Jon, Kim>Lea".')
    payments = read_payments(read_words(answer, 'payments such as "Ann>Bob, Cleo>Dan"'))
    if len(payments) != 6:
        return malformed(f"This is {len(payments)} payment{'s' * (len(payments) != 1)}, and six are wanted.")
    mine = _job(block_of(payments), [str(payment) for payment in payments])
    shown, speedup = show_lanes([mine], cores=6).text, mine.speedup(6)
    if twice := _twice([payment.payer for payment in payments]):
        return wrong("one-payer", f"{twice} pays twice. How can two payments meet at one balance without that?", shown)
    if twice := _twice([payment.payee for payment in payments]):
        text = f"{twice} is paid twice: that is the shop again. What if somebody is paid once, and pays once?"
        return wrong("needs-a-shop", text, shown)
    if speedup >= 6:
        text = "Six times as fast: no two of these payments share a balance. Whose balance could two of them share?"
        return wrong("different-people-suffice", text, shown)
    if speedup > 1:
        text = "Still faster than one core. Which payment waits for nobody, and whose balance could tie it to another?"
        return wrong("some-chain", text, shown)
    return right("No faster, with six payers and six payees: a block B without a shop. Who waits for whom here?", shown)


def half_speed(answer: Any) -> Reply:
    """The most of 100 payments that may go to the shop if 50 cores are still 25 times as fast as one."""
    if answer is None:
        return missing("a number from 0 to 100.")
    number = read_number(answer, 0, 100, "a number of payments,")
    rows = [(count, _job(mixed(100, to_shop=count))) for count in (number, number + 1) if count <= 100]
    shown = "\n".join(
        f"{count:>3} to the shop: {job.speedup(CORES):>5.1f} times; the longest chain has {len(job.path.tx_indexes)}"
        for count, job in rows
    )
    if rows[0][1].speedup(CORES) < GOAL:
        belief = {25: "a-quarter", 50: "half-of-all"}.get(number, "too-many")
        first = {
            "a-quarter": "25 in a row take 25 units of time, one after the other.",
            "half-of-all": "50 in a row take 50 units of time, as long as half the block on one core.",
        }.get(belief, f"{number} in a row take {number} units of time.")
        return wrong(belief, f"{first} How many units may the whole block take, to be 25 times as fast?", shown)
    if len(rows) == 1 or rows[1][1].speedup(CORES) >= GOAL:
        if number == 2:
            text = "2 is fast enough, with 100 / 2 = 50 times. You need only 25. How long may the longest chain be?"
            return wrong("half-the-cores", text, shown)
        if number <= 1:
            text = "With 0 or 1 to the shop, nobody waits. A chain is allowed here: how long may it be?"
            return wrong("one-is-too-many", text, shown)
        text = f"{number} is fast enough, and so is one more. How long may the longest chain be?"
        return wrong("not-yet-the-most", text, shown)
    return right("4: fast enough, and 5 is not. How does the chain give you the number of times?", shown)


def lost_update(answer: Any) -> Reply:
    """A schedule of A, B and C after which money is lost."""
    if answer is None or (isinstance(answer, str) and answer in ("", "A1")):
        return missing("the six halves in an order, played above or written here.")
    scene = _scene(THREE, answer)
    halves, shown = scene.play.schedule.split(), describe_interleaving(scene)
    if _is_wrong(scene):
        return right("Which value did the last writer believe in, and who had changed it meanwhile?", shown)
    if all(halves[i][0] == halves[i + 1][0] for i in (0, 2, 4)):
        text = "One after the other: nothing is lost. Which two meet at one balance, and when must both read it?"
        return wrong("any-order-loses", text, shown)
    if abs(halves.index("A1") - halves.index("A2")) > 1 or abs(halves.index("B1") - halves.index("B2")) > 1:
        text = "They overlap, and nothing is lost: those that overlap share no balance. Which of A, B and C do?"
        return wrong("any-overlap-loses", text, shown)
    text = "C is interrupted, and nothing is lost. Does anybody else touch the balances of Cleo or Dan?"
    return wrong("c-is-in-the-way", text, shown)


def safe_overlap(answer: Any) -> Reply:
    """A schedule that is right although C runs between the halves of another transaction."""
    if answer is None or (isinstance(answer, str) and not answer):
        return missing("the six halves in an order.")
    scene = _scene(THREE, answer)
    halves, shown = scene.play.schedule.split(), describe_interleaving(scene)
    if _is_wrong(scene):
        return wrong("all-may-overlap", "They overlap, and money is lost. Which two may never overlap here?", shown)
    if any(halves.index(f"{x}1") < halves.index("C1") < halves.index(f"{x}2") for x in "AB"):
        text = "Right, and C ran meanwhile: that is parallel execution. Which transactions may overlap?"
        return right(text, shown)
    if halves.index("C2") - halves.index("C1") > 1:
        text = "C is interrupted by another; it should run *inside* another. Where must C1 stand then?"
        return wrong("inside-out", text, shown)
    text = "Right, but C ran alone. Between which two halves would it run at the same time as A?"
    return wrong("nothing-may-overlap", text, shown)


def mint(answer: Any) -> Reply:
    """Payments and a schedule after which there is more money than before."""
    pair = [None, None] if answer is None else read_list(answer, "two texts: the payments, and the schedule", most=2)
    if len(pair) != 2:
        return malformed("Payments and a schedule are wanted, in this order: `(my_theft, my_theft_schedule)`.")
    payments, schedule = (None if isinstance(part, str) and not part.strip() else part for part in pair)
    if payments is None or schedule is None:
        what = " and ".join(["the payments"] * (payments is None) + ["a schedule of all halves"] * (schedule is None))
        return missing(f"{what}.")
    if len(read_payments(read_words(payments, 'payments such as "Ann>Bob 5"'))) > MOST_PAYMENTS:
        return malformed(f"More than {MOST_PAYMENTS} payments. Two are enough: which?")
    scene = _scene(payments, schedule)
    before = 100 * len(scene.watched)
    now = sum(scene.play.post.read(location).value for location in scene.watched) // ETHER  # type: ignore[misc]
    shown = f"{describe_interleaving(scene)}\n\nThere were {before} ether; now there are {now}."
    if now > before:
        return right("A profit, from nothing. Who in the network would accept such a block?", shown)
    if now < before:
        text = "Money is gone: a payment was forgotten. Whose *spending* could be forgotten instead?"
        return wrong("every-fault-loses", text, shown)
    if not _is_wrong(scene):
        text = "Every balance is right. Which two transactions must read the same balance before either writes it?"
        return wrong("a-right-schedule", text, shown)
    return wrong("moved-not-made", "Balances are wrong, and the sum is not. Which write should be the last?", shown)


def steady_fee(answer: Any) -> Reply:
    """The number of payments before every block at which the base fee neither rises nor falls."""
    if answer is None:
        return missing("a number from 0 to 40.")
    number = read_number(answer, 0, MOST_ARRIVALS, "a number of payments,")
    fees = [row.base_fee for row in run_load([number] * STEADY_BLOCKS)]
    shown = "base fee, gwei: " + " ".join(f"{fee:.2f}" for fee in fees)
    if fees[0] == fees[-1]:
        return right("Flat. How full are these blocks, and why would a chain leave so much room empty?", shown)
    if number >= 20:
        text = "It rises: these blocks are full. How full may a block be before the fee rises?"
        return wrong("full-is-steady", text, shown)
    if number == 0:
        return wrong("empty-is-steady", "It falls as fast as it can. How full is a block when nothing changes?", shown)
    direction = "rises" if fees[-1] > fees[0] else "falls"
    return wrong(f"it-{direction}", f"It {direction}. How full is a block when the rule changes nothing?", shown)


def _job(workload: Workload, labels: list[str] | None = None) -> Job:
    config = RunConfig(workload.chain)
    outcome = BACKENDS.named("sequential").execute_block(workload.pre, workload.block, config).result
    return job_of("your block", outcome.results, workload.block.header.coinbase, labels or ())


def _twice(names: list[str]) -> str:
    return next((name for name in names if names.count(name) > 1), "")


def _scene(payments: str, schedule: object) -> InterleavingScene:
    """Return what a schedule of all halves does to these payments; raise InputError for any other."""
    words = read_words(schedule, 'halves such as "A1 A2 B1 B2 C1 C2"')
    found = read_payments(payments)
    workload = block_of(found, base_fee=0, tip=0)
    watched = balances(workload.names, without=[workload.block.header.coinbase])
    played = play(workload.pre, workload.block, words)
    if not played.is_complete:
        raise InputError(f"halves are missing: {' '.join(map(str, played.missing))}")
    return InterleavingScene(played, tuple(map(str, found)), watched)


def _is_wrong(scene: InterleavingScene) -> bool:
    return bool(scene.play.wrong(list(scene.watched)))


TURNS: dict[str, Turn] = {
    "chain": chain,
    "half-speed": half_speed,
    "lost-update": lost_update,
    "safe-overlap": safe_overlap,
    "mint": mint,
    "steady-fee": steady_fee,
}
