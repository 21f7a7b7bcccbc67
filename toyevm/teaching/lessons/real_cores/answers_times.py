"""What lesson 08 says about times: an overhead, a counterexample, a break-even grain, a serial tail."""

from __future__ import annotations

from math import inf
from numbers import Integral
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import Reply, is_blank, malformed, missing, read_pair, repeat, right, wrong
from toyevm.teaching.lessons.real_cores.model import GrainChoice, in_time, read_grain
from toyevm.teaching.lessons.real_cores.reading import Mistake, known_mistake, read_decimal, read_two

TASKS, TWO, ONE, CONTROL = 500, 111.2, 151.7, 85.4  # the row of 300 µs, as it is printed; ms
ROUNDS = TASKS // 2
OVERHEAD = (TWO - CONTROL) / ROUNDS * 1e3  # µs
FITTED = 72  # µs a round, as the lesson prints it
EXECUTION, ROOT = 44, 21  # ms
WHOLE = EXECUTION + ROOT
LEAST_GRAIN, LEAST_TASKS = 10_000, 4  # Quinn's claim
DIGITS = 0.0075  # two digits after the point, the last one rounded or cut


def overhead(answer: Any) -> Reply:
    """Judge the overhead of a task of 300 µs."""
    if answer is None:
        return missing("a number of µs.")
    mine = read_decimal(answer, "µs, such as 68.6")
    would = CONTROL + ROUNDS * mine / 1e3
    shown = f"with {mine:g} µs a round, the tasks would take {would:,.1f} ms; recorded: {TWO} ms"
    if abs(mine - OVERHEAD) <= 0.25:
        done = f"({TWO * 1e3:,.0f} - {CONTROL * 1e3:,.0f}) / {ROUNDS} = {OVERHEAD:.1f} µs"
        return right("68.6 and 103 µs: two rows, two overheads. With which one would you predict a third row?", done)
    lost = (TWO - CONTROL) * 1e3
    mistakes = (
        Mistake((TWO - ONE / 2) * 1e3 / ROUNDS, "each-has-a-whole-core", "You subtract half of one process's time, as "
                "if two whole cores were free. Which number of the row says what the two cores gave?"),
        *(Mistake(sign * (TWO - ONE) * 1e3 / ROUNDS, "one-process-is-the-control", "You compare with the time of one "
                  "process. Which number of the row is the same work on two processes?") for sign in (1, -1)),
        Mistake((TWO - ONE / 1.74) * 1e3 / ROUNDS, "the-control-of-another-row", "You divide the time of one process "
                "by 1.74. Which number of this row is the control?"),
        Mistake(lost / TASKS, "a-round-is-a-task", "You divide by 500. How many tasks are done in one round?"),
        Mistake(TWO * 1e3 / ROUNDS, "time-is-overhead", "That is a whole round. Which part of it is the task itself?"),
        Mistake(TWO * 1e3 / TASKS, "time-is-overhead", "That is the time divided by the tasks. Which part is the "
                "work?"),
        Mistake(CONTROL * 1e3 / ROUNDS, "time-is-overhead", "That is the work of a round. What is lost beside it?"),
        Mistake(lost, "all-rounds", "That is what all rounds lose together. How much is it for one?"),
        Mistake(lost / 1e3, "all-rounds", "That is what all rounds lose together, in ms. How much is it for one?"),
        Mistake(OVERHEAD / 1e3, "another-unit", "That is the overhead in ms. How many µs are that?"),
        Mistake(-OVERHEAD, "the-control-is-slower", "You subtract the other way round. Which of the two is longer?"),
    )  # fmt: skip
    text = f"With this overhead, the tasks would take {'more' if would > TWO else 'less'} time than was recorded. "
    return known_mistake(mine, mistakes, 0.01 * max(1, min(abs(mine), 40)), shown) or wrong(
        "another-loss", text + "How much do all rounds lose together, and how many rounds are there?", shown
    )


def slower(answer: Any) -> Reply:
    """Judge long tasks for which two processes are slower than one."""
    if is_blank(answer):
        return missing('`sliders` as you have set it, or ("10 ms", 50, "running").')
    if getattr(answer, "said", True) is False:
        return malformed("Nothing is said yet. In the sliders, are two processes *faster* or *slower* than one?")
    choice = _read_choice(answer)
    shown = "\n".join([*choice.setting, *choice.outcome])
    if choice.grain < LEAST_GRAIN:
        text = f"Quinn speaks of tasks of 10 ms or more, and yours take {in_time(choice.grain / 1e6)}. "
        return wrong("only-short-tasks", text + "What else costs time, however long the tasks are?", shown)
    if choice.tasks < LEAST_TASKS:
        text = f"Quinn speaks of at least 4 tasks, and you have {choice.tasks}. What else takes time, beside the work?"
        return wrong("too-few-tasks", text, shown)
    if choice.speedup >= 1:
        text = f"Two processes take {in_time(choice.two)}, and one {in_time(choice.one)}. "
        if choice.start == "running":
            more = "Which of the numbers that the model adds up have you not changed yet?"
            return wrong("overhead-only", text + more, shown)
        return wrong("enough-work", text + "How much work makes the start worth it, and how much does not?", shown)
    return right("What is paid once must be earned, too. How would a program avoid paying it for each block?", shown)


def _read_choice(answer: Any) -> GrainChoice:
    choice = getattr(answer, "choice", None)
    if isinstance(choice, GrainChoice):
        return choice
    if not isinstance(answer, (list, tuple)) or len(answer) not in (2, 3):
        raise InputError(repeat(answer), expected='`sliders`, or such as ("10 ms", 50, "running")')
    grain, tasks, *start = answer
    if isinstance(grain, str) and (grain := read_grain(words := grain)) is None:
        raise InputError(f"a grain of {repeat(words)}", expected='a time with its unit, such as "10 ms"')
    if isinstance(tasks, str) and tasks.replace(",", "").isdecimal():
        tasks = int(tasks.replace(",", ""))
    return GrainChoice(_as_int(grain), _as_int(tasks), *start)


def _as_int(number: Any) -> Any:
    """Return another library's whole number as Python's, and anything else as it is."""
    return int(number) if isinstance(number, Integral) and not isinstance(number, bool) else number


def break_even(answer: Any) -> Reply:
    """Judge the break-even grain where the control's speedup is 1.5."""
    if answer is None:
        return missing("a number of µs.")
    mine = read_decimal(answer, "µs, such as 85")
    if mine <= 0:
        raise InputError(repeat(answer), expected="a number of µs above 0")
    shown = f"two tasks of {mine:g} µs: one process {2 * mine:.0f} µs, two processes {mine / 0.75 + FITTED:.0f} µs"
    if abs(mine - FITTED / (2 - 1 / 0.75)) <= 2:
        return right("The busier the cores, the longer a task must be. At which control is no task long enough?", shown)
    mistakes = (
        Mistake(FITTED, "whole-cores", "That is the grain for a control of 2. How fast are the two cores now?"),
        Mistake(FITTED / (2 - 1 / 0.87), "the-first-control", "That is the grain for a control of 1.74. And now?"),
        Mistake(FITTED / (2 - 1 / 1.5), "one-task-a-round", "You divide one task by 1.5. How many tasks are in a "
                "round?"),
        Mistake(FITTED / 2, "one-process-is-free", "You divide the overhead by 2. What do two processes take for a "
                "round, beside it?"),
        Mistake(2 * FITTED, "multiplied", "That is what 2·g = 1.5·g + 72 gives. On two processes, is the time of two "
                "tasks multiplied by the control's speedup, or divided?"),
        Mistake(2 * FITTED / (2 - 1 / 0.75), "two-overheads", "You count the overhead twice. The 72 µs are for a whole "
                "round: how often does the equation count it?"),
    )  # fmt: skip
    belief, more = ("too-short", "more") if mine < 108 else ("too-long", "less")
    text = f"With this grain, two processes take {more} than one. Which grain makes both times equal?"
    return known_mistake(mine, mistakes, 0.8, shown) or wrong(belief, text, shown)


def tail(answer: Any) -> Reply:
    """Judge the speedups of a block with its state root: on four cores, and the limit."""
    if is_blank(answer):
        return missing("a pair of numbers, such as (1.6, 4): on four cores, and with more and more cores.")
    first, second = read_pair(answer, "a pair of numbers, such as (1.6, 4)")
    unlimited = isinstance(second, float) and second == inf
    four, limit = read_two((first, 0 if unlimited else second), "a speedup", "(1.6, 4)")
    return (
        _four_cores(four)
        or (
            wrong("no-limit", "The second number: with more and more cores, which time is left?") if unlimited else None
        )
        or _limit(limit)
        or right(
            "Sixteen cores are only 2.7 times as fast. What would you make faster next: the execution, or the root?",
            f"one core: {WHOLE} ms; four: {_speedup(4):.2f} times; more and more: {WHOLE / ROOT:.2f} times",
        )
    )


def _speedup(cores: int) -> float:
    return WHOLE / (EXECUTION / cores + ROOT)


def _four_cores(four: float) -> Reply | None:
    if abs(four - _speedup(4)) <= DIGITS:
        return None
    mistakes = (
        Mistake(2, "rounded-early", "On four cores you say 2, which is no more than a round number. Which time is "
                "divided by which, and what are two digits after the point?"),
        Mistake(4, "the-tail-is-parallel", "On four cores you say 4. Which part of the block do four cores share?"),
        Mistake(_speedup(2), "two-cores", "That is the speedup on two cores. How many are there?"),
        Mistake(EXECUTION / (EXECUTION / 4 + ROOT), "tail-on-one-side", "The state root is in the time on four "
                "cores. Is it in the time on one core, too?"),
        Mistake(WHOLE / (EXECUTION / 4), "tail-on-one-side", "The state root is in the time on one core. Is it in "
                "the time on four cores, too?"),
    )  # fmt: skip
    text = f"With a speedup of {four:g} on four cores, you have another time than execution and state root. "
    return known_mistake(four, mistakes, 0.03) or wrong("another-time", text + "Which part is divided by 4?")


def _limit(limit: float) -> Reply | None:
    if abs(limit - WHOLE / ROOT) <= DIGITS:
        return None
    mistakes = (
        Mistake(3, "rounded-early", "The second number: 3 is a round number. What are two digits after the point?"),
        Mistake(4, "the-solved-block", "The second number: 4 is the limit of the solved block. How long is the state "
                "root of this one, and how long the whole?"),
        Mistake(EXECUTION / ROOT, "tail-on-one-side", "The second number: what does one core take, with its state "
                "root?"),
        Mistake(WHOLE / EXECUTION, "the-tail-disappears", "The second number: you let the state root disappear. "
                "Which part do many cores share?"),
    )  # fmt: skip
    named = known_mistake(limit, mistakes, 0.03)
    cores = next((count for count in range(2, 33) if abs(limit - _speedup(count)) <= DIGITS), None)
    if named is None and cores is not None:
        text = f"The second number is the speedup on {cores} cores. What becomes of it with more and more?"
        return wrong("so-many-cores", text)
    text = f"The second number: you say {limit:g}. With more and more cores, which time is left?"
    return named or wrong("no-limit", text)
