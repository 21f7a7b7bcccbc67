"""What lesson 04 says to each of its turns: schedules by hand, blocks on which a rule loses, the price of barriers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from toyevm.errors import InputError
from toyevm.simulation.run import TaskSpan
from toyevm.simulation.schedule import PRIORITIES, makespan
from toyevm.teaching.kit.job import Job
from toyevm.teaching.lab.turns import Reply, Turn, missing, read_list, read_number, read_words, repeat, right, wrong
from toyevm.teaching.lessons.schedulers.plan_words import describe_plan
from toyevm.teaching.lessons.schedulers.plans import holding_up, lengths_of, names_in, plan, read_job

SMALL = read_job("A 2, B 3, C 2 after A, D 1 after B, E 2 after A")
SIX = read_job("A 3, B 3, C 1, D 4 after C, E 1 after B, F 1 after A")
PUZZLE = read_job("A 4, B 2, C 1 after B, D 1 after B, E 4 after C D")
BET = read_job("A 3, B 2, C 2, D 3, E 2")
MOST_ATTACKERS, WORST_LONGEST_FIRST = 7, 11 / 9  # Graham 1969: 4/3 - 1/(3p) on p cores


def _is_blank(answer: object) -> bool:
    return answer is None or (isinstance(answer, str) and not answer.strip())


def _entries(answer: object, count: int, what: str) -> list[Any] | None:
    """Return the entries of an answer of several parts; None if one is still missing."""
    if answer is None:
        return None
    entries = read_list(answer, what)
    if len(entries) != count:
        raise InputError(repeat(answer), expected=f"{count} entries: {what}")
    return None if any(entry is None for entry in entries) else entries


def _spans(job: Job, answer: object) -> tuple[TaskSpan, ...]:
    """Return the schedule of a plan for two cores: a text, or the player that shows it."""
    if getattr(answer, "job", job) != job:
        raise InputError("a player with another block", expected="the player of this section, or its plan")
    text = read_words(getattr(answer, "plan", answer), 'a plan such as "A:1 B:2"')
    if not names_in(text):
        raise InputError(repeat(answer), expected='a plan such as "A:1 B:2"')
    return plan(job, 2, text)


def _left_out(job: Job, spans: Sequence[TaskSpan]) -> Reply | None:
    if len(spans) == job.graph.size:
        return None
    left = [job.label(i) for i in range(job.graph.size) if i not in {span.tx_index for span in spans}]
    text = (
        f"Your plan ends without {' and '.join(left)}. On which core, and after which transaction, does {left[0]} run?"
    )
    return wrong("not-all", text, describe_plan(job, 2, spans))


# Greedy by hand


def next_starts(answer: Any) -> Reply:
    """Two letters and a number: which transactions start at 3 and 4 by longest first, and when the last one ends."""
    entries = _entries(answer, 3, "two letters and a number, such as (A, B, 9)")
    if entries is None:
        return missing("the transaction that starts at 3, the one that starts at 4, and the makespan.")
    *letters, end = entries
    letters = [read_words(letter, "the letter of a transaction").strip().upper() for letter in letters]
    if strange := [letter for letter in letters if letter not in SMALL.labels]:
        raise InputError(repeat(strange[0]), expected=f"a letter of this block: {' '.join(SMALL.labels)}")
    end = read_number(end, 0, 1_000, "the makespan, a whole number")
    shown = f"time 3   {letters[0]}:1\ntime 4   {letters[1]}:2\ntime {end}   all have ended"
    return _wrong_letters(letters, shown) or _wrong_end(end, shown)


def _wrong_letters(letters: Sequence[str], shown: str) -> Reply | None:
    if letters == ["E", "D"]:
        return None
    if letters[0] == letters[1]:
        text = f"{letters[0]} starts twice in your table. Which transactions have not begun at time 4?"
        return wrong("twice", text, shown)
    if letters == ["D", "E"]:
        text = "At time 3 your core 1 starts D, the earlier one in the block. How long is D, and how long is E?"
        return wrong("block-order", text, shown)
    begun = next(letter for letter in letters if letter not in "DE")
    text = f"{begun} has begun before time 3: see the lines above the question marks. Which two have not?"
    return wrong("has-begun", text, shown)


def _wrong_end(end: int, shown: str) -> Reply:
    if end == 5:
        text = "E runs from 3 to 5, D from 4 to 5. In the order of the block it took 6. Why is no schedule below 5?"
        return right(text, shown)
    told = {
        4: ("start-is-end", "At 4 the last transaction *starts*. How long does it run?"),
        6: ("as-before", "6 is the makespan in the order of the block. When does E start now, and how long is it?"),
        10: ("work-is-time", "10 is the work: all lengths added up. How many cores share it?"),
    }
    belief, text = told.get(end, ("wrong-end", f"The starts are right, and you end at {end}. When do E and D end?"))
    return wrong(belief, text, shown)


def longest_chain(answer: Any) -> Reply:
    """A plan for the six: as longest chain first does it."""
    if _is_blank(answer):
        return missing("a plan for the six transactions, such as C:1 A:2 and so on.")
    mine, rule = _spans(SIX, answer), plan(SIX, 2, "longest chain first")
    shown = describe_plan(SIX, 2, mine)
    starts = {span.tx_index: span.start for span in mine}
    late = [span for span in rule if starts.get(span.tx_index) != span.start]
    if not late:
        before = makespan(plan(SIX, 2))
        return right(f"The rule does the same: {makespan(rule)} units. In the order of the block it takes {before}. "
                     "Which transaction began too late there?", shown)  # fmt: skip
    return _left_out(SIX, mine) or _not_the_rule(starts, late[0], shown)


def _not_the_rule(starts: Mapping[int, int], due: TaskSpan, shown: str) -> Reply:
    """Say what a plan does at the first moment at which the rule does something else."""
    chains = [-rank for rank in PRIORITIES["longest chain first"](SIX.graph, SIX.cost)]
    by_rule = {span.tx_index for span in plan(SIX, 2, "longest chain first") if span.start == due.start}
    instead = [i for i, start in starts.items() if start == due.start and i not in by_rule]
    name, chain = SIX.label(due.tx_index), chains[due.tx_index]
    if not instead:
        text = f"At {due.start}, {name} may start, and a core is free. What does a greedy scheduler do then?"
        return wrong("idle-core", text, shown)
    other = SIX.label(instead[0])
    if chains[instead[0]] == chain:
        text = f"At {due.start} you start {other}. {name} may start too, and both begin a chain of {chain}. "
        return wrong("last-of-equal", f"{text}Which of two equal chains goes first by the rule?", shown)
    text = f"At {due.start} you start {other}, which begins a chain of {chains[instead[0]]}, and {name} may start too. "
    return wrong("own-length", f"{text}How long is the chain that {name} begins?", shown)


# Moving


def seven(answer: Any) -> Reply:
    """A plan for the puzzle that ends at 7, or the player that shows one."""
    if _is_blank(answer):
        return missing("a plan with all five transactions. What the player shows is player.plan.")
    spans = _spans(PUZZLE, answer)
    time, shown = makespan(spans), describe_plan(PUZZLE, 2, spans)
    if reply := _left_out(PUZZLE, spans):
        return reply
    if time == 7:
        return right("7 units: a core **waits on purpose**. A greedy scheduler never does, so no list gives this "
                     "schedule. From when to when does a core wait although A may start?", shown)  # fmt: skip
    if len({span.core for span in spans}) == 1:
        return wrong(
            "one-core", f"One core does all the work, {time} units. What can the other one do meanwhile?", shown
        )
    if time == 8:
        return wrong("never-wait", "8 units, like every list. E takes 4, so to end at 7 it must start at 3. "
                     "Until when must C and D both have ended, and which core is in the way?", shown)  # fmt: skip
    chain = " then ".join(PUZZLE.label(i) for i in holding_up(PUZZLE, spans))
    return wrong(
        "late", f"{time} units, held up by {chain}. Which of these could run on the other core, or earlier?", shown
    )


# Attacks


def attack(answer: Any) -> Reply:
    """A block on which longest first loses on three cores."""
    if _is_blank(answer):
        return missing("a block for three cores, written like that of the bet: A 3, B 2, and so on.")
    job = read_job(read_words(answer, 'a block such as "A 3, B 2"'))
    size = job.graph.size
    if size > MOST_ATTACKERS:
        return wrong(
            "more-is-worse", f"Your block has {size} transactions, and {MOST_ATTACKERS} are allowed. Which could go?"
        )
    if job.graph.dependencies:
        return wrong("needs-waits", "Some of your transactions wait for others. Longest first can lose without that. "
                     "What happened in the bet, where none waited?")  # fmt: skip
    found = lengths_of(job, 3, ["longest first", "best"])
    shown = describe_plan(job, 3, plan(job, 3, "longest first"))
    if found["longest first"] > found["best"]:
        return _beaten(found["longest first"], found["best"], describe_plan(job, 3, plan(job, 3, "best")), shown)
    return _not_beaten(job, found["best"], shown)


def _beaten(longest: int, best: int, best_plan: str, shown: str) -> Reply:
    more = "This is the worst possible, 11/9. What do all such blocks have in common?"
    if longest * 9 < best * 11:
        more = "The worst possible on three cores is 11/9, that is 1.222 times. Can you get closer to it?"
    both = f"longest first\n{shown}\n\none of the best\n{best_plan}"
    return right(f"Longest first takes {longest}, the best {best}: {longest / best:.3f} times as long. {more}", both)


def _not_beaten(job: Job, best: int, shown: str) -> Reply:
    said = f"Longest first takes {best} units here, and no schedule is shorter. "
    if job.graph.size <= 3:
        return wrong(
            "a-core-each", said + "Each transaction has a core of its own. How many must there be for a choice?", shown
        )
    if len(set(job.costs)) == 1:
        return wrong("all-equal", said + "All lengths are equal. Which order does longest first put them in?", shown)
    if max(job.costs) == best:
        return wrong(
            "one-giant", said + "The longest transaction alone takes that long. What if no single one did?", shown
        )
    if sorted(job.costs) == sorted(BET.costs):
        return wrong("bad-is-bad", said + "This is the block of the bet, and it is bad for two cores. "
                     "What keeps a third core busy, so that the other two have the old problem?", shown)  # fmt: skip
    return wrong("evens-out", said + "In the bet, two long transactions belonged on the same core, and longest first "
                 "separated them. Which of yours should share a core, and do they?", shown)  # fmt: skip


def worst_three(answer: Any) -> Reply:
    """A block for three cores that takes 5/3 of the best in its own order."""
    if _is_blank(answer):
        return missing("a block for three cores.")
    job = read_job(read_words(answer, 'a block such as "A 1, B 1, C 2"'))
    found = lengths_of(job, 3, ["block order", "best"])
    order, best = found["block order"], found["best"]
    shown = describe_plan(job, 3, plan(job, 3))
    if 3 * order == 5 * best:
        return right(f"{order} against {best}: 5/3. How many short transactions would four cores need?", shown)
    said = f"In block order {order}, at best {best}: {order / best:.3f} times as long, and 1.667 is wanted. "
    longest = max(job.costs)
    if order == best:
        if job.costs[-1] == longest > min(job.costs):
            return wrong("no-room-used", said + "The last one is long and starts early. What must keep all three cores "
                         "busy before it?", shown)  # fmt: skip
        return wrong("not-last", said + "Which transaction must the list hand out last?", shown)
    if longest < best:
        return wrong("short-last", said + f"Your longest takes {longest}, and the best schedule {best}. How long may "
                     "the last one be, so that the best schedule just hides it?", shown)  # fmt: skip
    return wrong("little-beside", said + f"When your last one starts at {order - longest}, how long have the three "
                 "cores been busy? How much fits beside it on two cores in the best schedule?", shown)  # fmt: skip


# Barriers


def barriers(answer: Any) -> Reply:
    """Two numbers: what the barriers cost, and what a shorter A saves."""
    entries = _entries(answer, 2, "two numbers of units")
    if entries is None:
        return missing("what the barriers cost, and what a shorter A saves.")
    cost, saved = [read_number(entry, -100, 100, "a number of units") for entry in entries]
    shown = f"the barriers cost      {cost} units\nA 1 instead of 3 saves {saved} units"
    return _wrong_cost(cost, saved, shown) or _wrong_saving(saved, shown)


def _wrong_cost(cost: int, saved: int, shown: str) -> Reply | None:
    told = {
        8: ("all-of-it", "8 is the whole makespan with barriers. How long does the same block take without them?"),
        5: ("without-barriers", "5 is the makespan *without* barriers. How much longer is it with them?"),
        0: ("free-barriers", "0: then the greedy schedule would end at 8 too. When does D start in it?"),
    }
    if cost == 3:
        return None
    if (cost, saved) == (2, 3):
        return wrong("exchanged", "Read the two questions again: which number answers which?", shown)
    if cost == 2:
        return wrong("one-unit-each", "There are two barriers, but they need not cost a unit each. When does D start "
                     "without them, and when with them?", shown)  # fmt: skip
    words = (
        f"You say that the barriers cost {cost}. `show_plan(uneven, cores=2)` is the greedy schedule. When does it end?"
    )
    belief, text = told.get(cost, ("miscounted", words))
    return wrong(belief, text, shown)


def _wrong_saving(saved: int, shown: str) -> Reply:
    told = {
        0: ("not-the-last", "You say: nothing. C starts after the first barrier. Which transaction ends that batch?"),
        6: ("new-makespan", "6 is the new makespan. By how much is that shorter than before?"),
    }  # fmt: skip
    if saved == 2:
        return right("D starts at 2 instead of 5, and A delays a transaction that never needed it. "
                     "Which transaction sets the length of a batch?", shown)  # fmt: skip
    words = "The cost is right. With A at 1, how long does the first batch take, and the second?"
    belief, text = told.get(saved, ("second-miscounted", words))
    return wrong(belief, text, shown)


# Two real cores


def one_core(answer: Any) -> Reply:
    """The speed-up that the model predicts for two processes of which one has nothing to do."""
    if answer is None:
        return missing("how many times faster than one process, as the model says it.")
    if type(answer) not in (int, float) or not 0 <= answer <= 100:
        raise InputError(repeat(answer), expected="a number, such as 1.7")
    shown = describe_plan(BET, 2, plan(BET, 2, " ".join(f"{name}:1" for name in BET.labels)))
    if answer == 1:
        return right("All the work is on core 1, so the second process brings nothing. The times below differ by what "
                     "processes cost. Which costs are these?", shown)  # fmt: skip
    if answer > 1:
        belief = "cores-count" if answer == 2 else "some-gain"
        return wrong(
            belief, f"{answer:g} times faster: for that, core 2 must do some of the work. What does it do here?", shown
        )
    return wrong("model-knows-overhead", f"{answer:g}: slower than one process. That may be measured, but the model "
                 "hands out work for nothing. What does it predict?", shown)  # fmt: skip


TURNS: Mapping[str, Turn] = {
    "next-starts": next_starts,
    "longest-chain": longest_chain,
    "seven": seven,
    "attack": attack,
    "barriers": barriers,
    "one-core": one_core,
    "worst-three": worst_three,
}
