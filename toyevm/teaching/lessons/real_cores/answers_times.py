"""What lesson 08 says about times: an overhead, a counterexample, a break-even grain, a serial tail."""

from __future__ import annotations

from math import inf
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import Reply, is_blank, missing, repeat, right, wrong
from toyevm.teaching.lessons.real_cores.model import GrainChoice, in_time
from toyevm.teaching.lessons.real_cores.reading import Mistake, known_mistake, read_decimal, read_two

TASKS, TWO, ONE, CONTROL = 500, 111_200.0, 151_700.0, 1.776  # the row of 300 µs; µs
ROUND, TASK = TWO / (TASKS / 2), ONE / TASKS
OVERHEAD = ROUND - TASK / (CONTROL / 2)
FITTED = 72  # µs a task, as the cell above the turn prints it
EXECUTION, ROOT = 44, 21  # ms
LEAST_GRAIN, LEAST_TASKS = 10_000, 4  # Quinn's claim


def overhead(answer: Any) -> Reply:
    """Judge the overhead of a task of 300 µs."""
    if answer is None:
        return missing("a number of µs.")
    mine = read_decimal(answer, "µs, such as 68.6")
    shown = f"a round: {TWO:,.0f} / {TASKS // 2} = {ROUND:.1f} µs; a task alone: {ONE:,.0f} / {TASKS} = {TASK:.1f} µs"
    if abs(mine - OVERHEAD) <= 3.5:
        done = f"{shown}\n{ROUND:.1f} - {TASK:.1f} / 0.888 = {OVERHEAD:.1f} µs"
        return right(
            "68.6, 91, 103 µs: three rows, three overheads. With which one would you predict a fourth row?", done
        )
    mistakes = (
        Mistake(ROUND - TASK, "each-has-a-whole-core", "You take 303 µs for the task. How much of a core does each of "
                "the two processes get?"),
        Mistake(ROUND - TASK / CONTROL, "the-control-is-e", "You divide by 1.776, the control's speedup. Two processes "
                "share it: how much is that for each?"),
        Mistake(ROUND - 300 / (CONTROL / 2), "the-grain-that-was-meant", "You take 300 µs. How long did a task "
                "really take in one process?"),
        Mistake(ROUND - TASK * CONTROL / 2, "times-e", "You multiply by e. Does a process that gets less of a core "
                "take less time, or more?"),
        Mistake(TWO / TASKS - TASK, "a-round-is-a-task", "You divide by 500. In one round two tasks are done: how many "
                "rounds are there?"),
        Mistake(TWO / TASKS, "time-is-overhead", "That is the time divided by the tasks. Which part is the work?"),
        Mistake(ROUND, "time-is-overhead", "That is a whole round. Which part of it is the task itself?"),
        Mistake(TASK, "time-is-overhead", "That is the task by itself. What is lost beside it?"),
    )  # fmt: skip
    if 0 < mine < 1:
        return wrong("another-unit", f"You say {mine:g}. Is that a number of ms, where µs are asked for?", shown)
    text = f"A round takes {ROUND:.1f} µs, and you leave {ROUND - mine:.1f} of them to the task. "
    return known_mistake(mine, mistakes, 1.2, shown) or wrong(
        "another-share", text + "How long does the task take on 0.888 of a core?", shown
    )


def slower(answer: Any) -> Reply:
    """Judge long tasks for which two processes are slower than one."""
    if is_blank(answer):
        return missing('`sliders` as you have set it, or (10_000, 50, "kept").')
    choice = _read_choice(answer)
    shown = "\n".join(choice.lines)
    if choice.grain < LEAST_GRAIN:
        text = f"Quinn speaks of tasks of 10 ms or more, and yours take {in_time(choice.grain / 1e6)}. "
        return wrong("only-short-tasks", text + "What else costs time, however long the tasks are?", shown)
    if choice.tasks < LEAST_TASKS:
        text = f"Quinn speaks of at least 4 tasks, and you have {choice.tasks}. What else takes time, beside the work?"
        return wrong("too-few-tasks", text, shown)
    if choice.speedup >= 1:
        text = f"Two processes take {in_time(choice.two)}, and one {in_time(choice.one)}. "
        if choice.start == "kept":
            return wrong("overhead-only", text + "What if the two processes were not there yet?", shown)
        return wrong("enough-work", text + "How much work makes the start worth it, and how much does not?", shown)
    return right("What is paid once must be earned, too. How would a program avoid paying it for each block?", shown)


def _read_choice(answer: Any) -> GrainChoice:
    choice = getattr(answer, "choice", None)
    if isinstance(choice, GrainChoice):
        return choice
    if not isinstance(answer, (list, tuple)) or len(answer) not in (2, 3):
        raise InputError(repeat(answer), expected='`sliders`, or such as (10_000, 50, "kept")')
    return GrainChoice(*answer)


def break_even(answer: Any) -> Reply:
    """Judge the break-even grain where the control's speedup is 1.5."""
    if answer is None:
        return missing("a number of µs.")
    mine = read_decimal(answer, "µs, such as 85")
    if mine <= 0:
        raise InputError(repeat(answer), expected="a number of µs above 0")
    shown = (
        f"two tasks of {mine:g} µs: one process {2 * mine:.0f} µs, two processes {mine:g} / 0.75 + {FITTED} = "
        f"{mine / 0.75 + FITTED:.0f} µs"
    )
    if abs(mine - FITTED / (2 - 1 / 0.75)) <= 2:
        return right("The busier the cores, the longer a task must be. At which control is no task long enough?", shown)
    mistakes = (
        Mistake(FITTED, "whole-cores", "That is the grain for whole cores. How much of a core does each get?"),
        Mistake(FITTED / (2 - 1 / 0.87), "the-first-control", "That is the grain for a control of 1.74. And now?"),
        Mistake(FITTED / (2 - 1 / 1.5), "the-control-is-e", "You take 1.5 for e. Two processes share it: how much is "
                "that for each?"),
        Mistake(FITTED / (2 - 0.75), "times-e", "You multiply by e. Does a task on 0.75 of a core take less time, or "
                "more?"),
        Mistake(FITTED / 2, "one-process-is-free", "You divide the overhead by 2. What do two processes take for a "
                "round, beside it?"),
        Mistake(FITTED / 0.75, "overhead-shares-the-core", "You divide the overhead by e. In the equation, what is "
                "divided by e?"),
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
    if abs(four - whole / (EXECUTION / 4 + ROOT)) > 0.04:
        mistakes = (
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
    if abs(many - whole / ROOT) > 0.1:
        limits = (
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
