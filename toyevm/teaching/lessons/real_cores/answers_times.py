"""What lesson 08 says about times: an overhead, a forecast, a counterexample, a break-even grain, a serial tail."""

from __future__ import annotations

from math import inf
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import Reply, is_blank, missing, repeat, right, wrong
from toyevm.teaching.lessons.real_cores.model import GrainChoice, in_time
from toyevm.teaching.lessons.real_cores.reading import Mistake, known_mistake, read_decimal, read_two

TASKS, TWO, ONE, CONTROL = 500, 111.2, 151.7, 85.4  # the row of 300 µs, as it is printed; ms
ROUNDS = TASKS // 2
OVERHEAD = (TWO - CONTROL) / ROUNDS * 1e3  # µs
FITTED, ONCE = 72, 1.0  # µs a round and ms a run, as the lesson prints them
NEXT_TASKS, NEXT_CONTROL = 50, 85.1  # the row of 3 ms; ms
NEXT = ONCE + NEXT_TASKS // 2 * FITTED / 1e3 + NEXT_CONTROL
EXECUTION, ROOT = 44, 21  # ms
LEAST_GRAIN, LEAST_TASKS = 10_000, 4  # Quinn's claim
DIGITS = 0.0075  # two digits after the point, the last one rounded or cut


def overhead(answer: Any) -> Reply:
    """Judge the overhead of a task of 300 µs."""
    if answer is None:
        return missing("a number of µs.")
    mine = read_decimal(answer, "µs, such as 68.6")
    shown = f"processes {TWO} ms, control {CONTROL} ms, rounds {TASKS} / 2 = {ROUNDS}"
    if abs(mine - OVERHEAD) <= 0.25:
        done = f"{shown}\n({TWO * 1e3:,.0f} - {CONTROL * 1e3:,.0f}) / {ROUNDS} = {OVERHEAD:.1f} µs"
        return right(
            "68.6, 91, 103 µs: three rows, three overheads. With which one would you predict a fourth row?", done
        )
    lost = (TWO - CONTROL) * 1e3
    mistakes = (
        Mistake((TWO - ONE / 2) * 1e3 / ROUNDS, "each-has-a-whole-core", "You subtract half of one process's time, as "
                "if two whole cores were free. Which number of the row says what the two cores gave?"),
        Mistake((TWO - ONE) * 1e3 / ROUNDS, "one-process-is-the-control", "You subtract the time of one process. "
                "Which number of the row is the same work on two processes?"),
        Mistake(lost / TASKS, "a-round-is-a-task", "You divide by 500. In one round two tasks are done: how many "
                "rounds are there?"),
        Mistake(TWO * 1e3 / ROUNDS, "time-is-overhead", "That is a whole round. Which part of it is the task itself?"),
        Mistake(TWO * 1e3 / TASKS, "time-is-overhead", "That is the time divided by the tasks. Which part is the "
                "work?"),
        Mistake(CONTROL * 1e3 / ROUNDS, "time-is-overhead", "That is the work of a round. What is lost beside it?"),
        Mistake(lost, "all-rounds", "That is what all rounds lose together. How much is it for one?"),
        Mistake(lost / 1e3, "all-rounds", "That is what all rounds lose together, in ms. How much is it for one?"),
        Mistake(OVERHEAD / 1e3, "another-unit", "That is the overhead in ms. How many µs are that?"),
        Mistake(-OVERHEAD, "the-control-is-slower", "You subtract the other way round. Which of the two is longer?"),
    )  # fmt: skip
    text = f"{ROUNDS} rounds with an overhead of {mine:g} µs lose {ROUNDS * mine / 1e3:.1f} ms. "
    return known_mistake(mine, mistakes, 0.01 * max(1, min(abs(mine), 40)), shown) or wrong(
        "another-loss", text + "How much longer than the control did the tasks take?", shown
    )


def forecast(answer: Any) -> Reply:
    """Judge what the model says of 50 tasks of 3 ms, in ms."""
    if answer is None:
        return missing("a number of ms.")
    mine = read_decimal(answer, "ms, such as 108.0")
    shown = f"once {ONCE} ms, {NEXT_TASKS // 2} rounds of {FITTED} µs = {NEXT - ONCE - NEXT_CONTROL:.1f} ms, control "
    shown += f"{NEXT_CONTROL} ms"
    if abs(mine - NEXT) <= 0.1:
        return right(
            f"The model says {NEXT:.1f} ms, and no row of 3 ms was used to fit it. How far off may it be, so that you "
            "believe it? The next cell shows what was recorded.", shown
        )  # fmt: skip
    mistakes = (
        Mistake(NEXT - ONCE, "nothing-once", "You leave out what is paid once. Which of the three parts is it?"),
        Mistake(NEXT + NEXT_TASKS // 2 * FITTED / 1e3, "a-round-is-a-task", "You count 50 overheads. Two processes "
                "take tasks at the same time: how many rounds are there?"),
        Mistake(NEXT + NEXT_TASKS // 2 * FITTED / 1e3 - ONCE, "a-round-is-a-task", "You count 50 overheads. How many "
                "rounds are there, and what is paid once?"),
        Mistake(ONCE + NEXT_TASKS // 2 * FITTED + NEXT_CONTROL, "another-unit", "You add µs to ms. How many ms are 25 "
                "times 72 µs?"),
        Mistake(86.3, "the-record-itself", "That is what was recorded. What does the *model* say?"),
        Mistake(NEXT_CONTROL, "no-overhead", "That is the control alone. What do 25 rounds lose?"),
        Mistake(ONCE + FITTED / 1e3 + NEXT_CONTROL, "overhead-once", "You count one overhead. How many rounds are "
                "there?"),
        Mistake(ONCE + 75 + NEXT_TASKS // 2 * FITTED / 1e3, "two-whole-cores", "You divide 150 ms by two. Did the "
                "computer give two whole cores, by the control?"),
    )  # fmt: skip
    text = f"You say {mine:g} ms. Once, the rounds, the control: which of the three have you counted otherwise?"
    return known_mistake(mine, mistakes, 0.1, shown) or wrong("another-sum", text, shown)


def slower(answer: Any) -> Reply:
    """Judge long tasks for which two processes are slower than one."""
    if is_blank(answer):
        return missing('`sliders` as you have set it, or (10_000, 50, "running").')
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
            return wrong("overhead-only", text + "What if the two processes were not there yet?", shown)
        return wrong("enough-work", text + "How much work makes the start worth it, and how much does not?", shown)
    return right("What is paid once must be earned, too. How would a program avoid paying it for each block?", shown)


def _read_choice(answer: Any) -> GrainChoice:
    choice = getattr(answer, "choice", None)
    if isinstance(choice, GrainChoice):
        return choice
    if not isinstance(answer, (list, tuple)) or len(answer) not in (2, 3):
        raise InputError(repeat(answer), expected='`sliders`, or such as (10_000, 50, "running")')
    return GrainChoice(*answer)


def break_even(answer: Any) -> Reply:
    """Judge the break-even grain where the control's speedup is 1.5."""
    if answer is None:
        return missing("a number of µs.")
    mine = read_decimal(answer, "µs, such as 85")
    if mine <= 0:
        raise InputError(repeat(answer), expected="a number of µs above 0")
    shown = (
        f"two tasks of {mine:g} µs: one process {2 * mine:.0f} µs, two processes {2 * mine:g} / 1.5 + {FITTED} = "
        f"{mine / 0.75 + FITTED:.0f} µs"
    )
    if abs(mine - FITTED / (2 - 1 / 0.75)) <= 2:
        return right("The busier the cores, the longer a task must be. At which control is no task long enough?", shown)
    mistakes = (
        Mistake(FITTED, "whole-cores", "That is the grain for a control of 2. How fast are the two cores now?"),
        Mistake(FITTED / (2 - 1 / 0.87), "the-first-control", "That is the grain for a control of 1.74. And now?"),
        Mistake(FITTED / (2 - 1 / 1.5), "one-task-a-round", "You divide one task by 1.5. How many tasks are in a "
                "round?"),
        Mistake(FITTED / 2, "one-process-is-free", "You divide the overhead by 2. What do two processes take for a "
                "round, beside it?"),
        Mistake(2 * FITTED, "two-overheads", "That is twice the overhead. In a round, two processes hand over at the "
                "same time: how often does the equation count it?"),
    )  # fmt: skip
    belief, more = ("too-short", "more") if mine < 108 else ("too-long", "less")
    text = f"With this grain, two processes take {more} than one. Which grain makes both times equal?"
    return known_mistake(mine, mistakes, 0.8, shown) or wrong(belief, text, shown)


def tail(answer: Any) -> Reply:
    """Judge the speedups of a block with its state root."""
    if is_blank(answer):
        return missing("a pair of numbers, such as (1.6, 4): on four cores, on as many as you like.")
    if isinstance(answer, (list, tuple)) and len(answer) == 2 and type(answer[1]) is float and answer[1] == inf:
        return wrong("no-limit", "No speedup here is unlimited. With very many cores, which of the 65 ms are left?")
    four, many = read_two(answer, "a speedup", "(1.6, 4)")
    whole = EXECUTION + ROOT
    shown = f"one core: {EXECUTION} + {ROOT} = {whole} ms"
    if abs(four - whole / (EXECUTION / 4 + ROOT)) > DIGITS:
        mistakes = (
            Mistake(2, "rounded-early", "On four cores you say 2, which is no more than a round number. Which time is "
                    "divided by which, and what are two digits after the point?"),
            Mistake(4, "the-tail-is-parallel", "On four cores you say 4. Which part of the 65 ms do four cores share?"),
            Mistake(whole / (EXECUTION / 2 + ROOT), "two-cores", "That is the speedup on two cores. How many has it?"),
            Mistake(EXECUTION / (EXECUTION / 4 + ROOT), "tail-on-one-side", "The state root is in the time on four "
                    "cores. Is it in the time on one core, too?"),
            Mistake(whole / (EXECUTION / 4), "tail-on-one-side", "The state root is in the time on one core. Is it in "
                    "the time on four cores, too?"),
        )  # fmt: skip
        text = f"With a speedup of {four:g} on four cores, you have another time than execution and state root. "
        return known_mistake(four, mistakes, 0.03, shown) or wrong(
            "another-time", text + "Which part is divided by 4?", shown
        )
    if abs(many - whole / ROOT) > DIGITS:
        limits = (
            Mistake(3, "rounded-early", "The second number: 3 is a round number. What are 65 / 21, to two digits?"),
            Mistake(EXECUTION / ROOT, "tail-on-one-side", "The second number: what does one core take, with its "
                    "state root?"),
            Mistake(whole / EXECUTION, "the-tail-disappears", "The second number: you let the state root disappear. "
                    "Which part do many cores share?"),
        )  # fmt: skip
        text = f"The second number: you say {many:g}. With very many cores, which time is left?"
        return known_mistake(many, limits, 0.03, shown) or wrong("no-limit", text, shown)
    text = "Sixteen cores are only 2.7 times as fast. What would you make faster next: the execution, or the root?"
    return right(
        text, f"{shown}; four: {whole / (EXECUTION / 4 + ROOT):.2f} times; very many: {whole / ROOT:.2f} times"
    )
