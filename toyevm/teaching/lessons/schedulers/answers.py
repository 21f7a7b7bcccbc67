"""What lesson 04 says to each of its turns: schedules by hand, blocks on which a rule loses, the price of barriers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
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
BEGUN = {"A": 0, "B": 0, "C": 2}  # of SMALL, longest first: the lines that the table gives
MOST_ATTACKERS = 7


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


def _written(job: Job, answer: object) -> str:
    """Return the plan for two cores of an answer: a text, or the player that shows it."""
    if getattr(answer, "job", job) != job:
        raise InputError("a player with another block", expected="the player of this section, or its plan")
    text = read_words(getattr(answer, "plan", answer), 'a plan such as "A:1 B:2"')
    if ":" not in text:  # a rule's name is no plan, and would be its own answer
        raise InputError(repeat(answer), expected='a plan such as "A:1 B:2"')
    return text


def _too_early(job: Job, text: str) -> Reply | None:
    """Say which transaction of a plan stands before one that it waits for."""
    words = text.upper().replace(",", " ").split()
    if not all(re.fullmatch(r"\w+:[12]", word) and word[:-2] in job.labels for word in words):
        return None
    names = names_in(" ".join(words))
    for at, name in enumerate(names):
        waits = map(job.label, job.graph.predecessors[job.labels.index(name)])
        for other in (other for other in waits if other not in names[:at]):
            said = f"{name} waits for {other}, and your plan has no {other}. What must run before {name}?"
            if other in names:
                said = f"{name} stands before {other} in your plan, but waits for {other}. Where must {name} stand?"
            return wrong("too-early", said, f"you wrote: {text}")
    return None


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
    shown = f"you wrote:\ntime 3   {letters[0]}:1\ntime 4   {letters[1]}:2\ntime {end}   all have ended"
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
    kept = "".join(f"{letter} is right. " for letter, due in zip(letters, "ED", strict=True) if letter == due)
    text = f"{kept}{begun} cannot start again: it began at {BEGUN[begun]}. Which two have not begun by then?"
    return wrong("has-begun", text, shown)


def _wrong_end(end: int, shown: str) -> Reply:
    if end == 5:
        text = "E runs from 3 to 5, D from 4 to 5. In block order it took 6. Why can no schedule end before 5?"
        return right(text, shown)
    told = {
        4: ("start-is-end", "At 4 D only *starts*. How long does it run?"),
        6: ("as-before", "6 is also the makespan in the order of the block, with E from 4. When does E start now?"),
        10: ("work-is-time", "10 is the work: all lengths added up. How many cores share it?"),
    }
    default = ("too-late", f"Then E (from 3) or D (from 4) would run until {end}. How long is each of them?")
    if end < 4:
        default = ("ends-too-early", f"You end at {end}, and in your own table D starts at 4. When does D end?")
    belief, text = told.get(end, default)
    return wrong(belief, f"Both letters are right. {text}", shown)


def longest_chain(answer: Any) -> Reply:
    """A plan for the six: as longest chain first does it."""
    if _is_blank(answer):
        return missing("a plan for the six transactions, such as C:1 A:2 and so on.")
    text = _written(SIX, answer)
    if reply := _too_early(SIX, text):
        return reply
    mine, rule = plan(SIX, 2, text), plan(SIX, 2, "longest chain first")
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
    kept = f"Before {due.start} your plan follows the rule. " if due.start else ""
    if not instead:
        text = f"{kept}At {due.start}, {name} may start, and a core is free. In your plan {name} starts at "
        return wrong(
            "idle-core", f"{text}{starts[due.tx_index]}. What does a greedy scheduler do at {due.start}?", shown
        )
    other = SIX.label(instead[0])
    text = f"{kept}At {due.start} you start {other}, and {name} may start too"
    if chains[instead[0]] == chain:
        text = f"{text}: both begin a chain of {chain}. Which of two equal chains goes first by the rule?"
        return wrong("last-of-equal", text, shown)
    text = f"{text}. {other} begins a chain of {chains[instead[0]]}. How long is the chain that {name} begins?"
    return wrong("own-length", text, shown)


# Moving


def seven(answer: Any) -> Reply:
    """A plan for the puzzle that ends at 7, or the player that shows one."""
    if _is_blank(answer):
        return missing("a plan with all five transactions. What the player shows is player.plan.")
    text = _written(PUZZLE, answer)
    if reply := _too_early(PUZZLE, text):
        return reply
    spans = plan(PUZZLE, 2, text)
    time, shown = makespan(spans), describe_plan(PUZZLE, 2, spans)
    if reply := _left_out(PUZZLE, spans):
        return reply
    if time == 7:
        return right("7 units: a core **waits on purpose**. A greedy scheduler never waits on purpose, so no "
                     "list gives this schedule. When does a core wait although A may start?", shown)  # fmt: skip
    if len({span.core for span in spans}) == 1:
        return wrong(
            "one-core", f"One core does all the work, {time} units. What can the other one do meanwhile?", shown
        )
    return _held_up(spans, time, shown)


def _held_up(spans: Sequence[TaskSpan], time: int, shown: str) -> Reply:
    """Name the pair to change: what stands behind A, or else the first one that stands behind another on its core."""
    at, waits = {span.tx_index: span for span in spans}, PUZZLE.graph.predecessors
    chain = [(at[one], at[two]) for one, two in pairwise(holding_up(PUZZLE, spans)) if one not in waits[two]]
    before, late = next((pair for pair in chain if PUZZLE.label(pair[0].tx_index) == "A"), chain[0])
    may = max((at[other].end for other in waits[late.tx_index]), default=0)
    held, by, core = PUZZLE.label(late.tx_index), PUZZLE.label(before.tx_index), late.core + 1
    text = f"Your plan ends at {time}{', like every list schedule' if time == 8 else ''}. {held} may start at {may}"
    if held == "E":  # all others but A have ended by then, so the other core has nothing to do
        text += f" and core {3 - core} is free then, but your plan puts E behind {by} on core {core}. "
        return wrong("e-behind-a", f"{text}Where could E run?", shown)
    text += f", but your plan puts {held} behind {by} on core {core}, and {by} ends at {before.end}. "
    if held == "A":
        return wrong("a-last", f"{text}How early can A start without holding up E?", shown)
    text += f"So E starts only at {at[PUZZLE.labels.index('E')].start}. "
    if by == "A":
        return wrong("a-in-the-way", f"{text}Which of {held} and A can wait without harm?", shown)
    beside = [s for s in spans if s.core != late.core and s.start < before.end and s.end > may]
    if not beside:
        return wrong("core-unused", f"{text}What does the other core do from {may} to {before.end}?", shown)
    other = PUZZLE.label(beside[0].tx_index)
    text += f"From {may} to {before.end} the other core runs {other}. Must {other} run then?"
    return wrong("one-after-the-other", text, shown)


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
    more = (
        "When no transaction waits, this is the worst that longest first can do on three cores. "
        "What do all such blocks have in common?"
    )
    if longest * 9 < best * 11:
        more = (
            "When no transaction waits, longest first takes at most 11/9 (1.222) of the best time on three cores. "
            "How close can you get?"
        )
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
        return wrong("bad-is-bad", said + "These are the lengths of the bet, and they are bad for two cores. "
                     "What keeps a third core busy, so that the other two have the old problem?", shown)  # fmt: skip
    if job.work == 3 * best:
        said += f"All three cores are busy until {best}, which is {job.work} / 3. "
        return wrong("no-gap", said + "After which change would longest first leave a gap?", shown)
    spans = plan(job, 3, "longest first")
    last = job.label(max(spans, key=lambda span: span.end).tx_index)
    early = min(makespan(span for span in spans if span.core == core) for core in range(3))
    said += f"{last} ends last, and one core is idle from {early} on. "
    return wrong("evens-out", said + f"Which lengths would leave room for {last} on another core?", shown)


# Barriers


def barriers(answer: Any) -> Reply:
    """One number: how much later the barriers make the end."""
    if answer is None:
        return missing("by how many units the barriers delay the end.")
    later = read_number(answer, -100, 100, "a number of units")
    shown = f"you wrote:\nwith barriers {later} unit{'' if later == 1 else 's'} later"
    if later == 3:
        return right("Without barriers D starts at 2, with barriers at 5. D needs neither A nor E, and waits "
                     "for both. Which transaction sets the length of a batch?", shown)  # fmt: skip
    told = {
        8: ("all-of-it", "8 is the whole makespan with barriers. How long does the same block take without them?"),
        5: ("without-barriers", "5 is the makespan *without* barriers. How much longer is it with them?"),
        0: ("free-barriers", "0: then the greedy schedule would end at 8 too. When does D start in it?"),
        6: (
            "idle-time",
            "6 is the idle time of both cores together. By how much does D end later?",
        ),
        2: ("only-c", "The first barrier holds C back for 2 units. What happens to D, which waits for C?"),
        1: ("only-d", "The second barrier holds D back for 1 unit. What did the first barrier do to C, before D?"),
    }
    text = f"Then the greedy schedule would end at 8 - {later} = {8 - later}. `show_plan(uneven, cores=2)` draws it."
    belief, text = told.get(later, ("miscounted", f"{text} When does it end?"))
    if later > 8:
        belief, text = "more-than-all", f"Even with barriers the end is at 8. How can that be {later} units later?"
    if later < 0:
        belief, text = "sign", f"{later} units later means: earlier. Which of the two schedules ends later?"
    return wrong(belief, text, shown)


# Two real cores


def one_core(answer: Any) -> Reply:
    """The speedup that the model predicts for two processes of which one has nothing to do."""
    if answer is None:
        return missing("how many times as fast as one process, as the model says it.")
    if type(answer) not in (int, float) or not 0 <= answer <= 100:
        raise InputError(repeat(answer), expected="a number, such as 1.7")
    if answer == 1:
        shown = describe_plan(BET, 2, plan(BET, 2, " ".join(f"{name}:1" for name in BET.labels)))
        return right("All the work is on core 1, so the second process does nothing. The times below differ by what "
                     "processes cost. Which costs are these?", shown)  # fmt: skip
    shown = f"you wrote: {answer:g} times as fast as one process"
    if answer < 1:
        text = (
            f"{answer:g} times as fast is slower than one process. You may measure that, but in the model handing out "
        )
        return wrong("model-knows-overhead", f"{text}work costs nothing. What does it predict?", shown)
    told = {
        2: ("cores-count", "2 is the number of cores."),
        5: ("how-many", "5 is the number of transactions."),
        BET.work: ("units", f"{BET.work} is the work in units, not a number of times."),
        100: ("per-cent", "100 is a number in per cent, not of times."),
    }
    ends = f"Then the five would end at {BET.work} / {answer:g} = {BET.work / answer:.1f}."
    belief, text = told.get(answer, ("some-gain", ends))
    return wrong(belief, f"{text} When does core 1 end with all five, and what does core 2 do meanwhile?", shown)


TURNS: Mapping[str, Turn] = {
    "next-starts": next_starts,
    "longest-chain": longest_chain,
    "seven": seven,
    "attack": attack,
    "barriers": barriers,
    "one-core": one_core,
}
