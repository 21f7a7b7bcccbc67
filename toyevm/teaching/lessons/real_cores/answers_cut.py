"""What lesson 08 says to a block that was cut into tasks."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from toyevm.teaching.lab.turns import Reply, missing, read_list, read_numbers, right, wrong

COSTS = (400, 300, 600, 200, 500, 700, 300, 400)  # µs
CONFLICTS = ((0, 3), (2, 5), (5, 7))
LEAST, BEST = 1_000, 1_700


def cut(answer: Any) -> Reply:
    """Judge a cut: each once and in block order, no conflict between tasks, none too short, two processes end early."""
    if answer is None:
        return missing("a list of tasks, such as [[0, 1, 2, 3], [4, 5, 6, 7]].")
    tasks = [read_numbers(each, 0, len(COSTS) - 1, "transactions") for each in read_list(answer, "tasks, each a list")]
    times = [sum(COSTS[i] for i in task) for task in tasks]
    shown = "\n".join(
        f"task {at}: {task} takes {time:,} µs" for at, (task, time) in enumerate(zip(tasks, times, strict=True))
    )
    problem = _not_each_once(tasks, shown) or _cut_through(tasks, shown) or _too_slow(times, shown)
    return problem or _out_of_order(tasks, shown) or right(
        "Both end after 1,700 µs, one process after 3,400. Why is this not yet a speedup of 2 on a real computer?",
        shown,
    )  # fmt: skip


def _not_each_once(tasks: list[list[int]], shown: str) -> Reply | None:
    planned = [i for task in tasks for i in task]
    twice = [i for i in planned if planned.count(i) > 1]
    if twice:
        return wrong("runs-twice", f"Transaction {twice[0]} is there twice. In how many tasks may it run?", shown)
    left_out = [i for i in range(len(COSTS)) if i not in planned]
    if left_out:
        return wrong("left-out", f"Transaction {left_out[0]} is in no task. Who runs it?", shown)
    return None


def _cut_through(tasks: list[list[int]], shown: str) -> Reply | None:
    place = {i: at for at, task in enumerate(tasks) for i in task}
    for first, second in CONFLICTS:
        if place[first] != place[second]:
            text = f"{first} and {second} conflict, and are in different tasks. What does the task of "
            return wrong("cut-through-a-conflict", text + f"{second} know about what {first} wrote?", shown)
    return None


def _out_of_order(tasks: list[list[int]], shown: str) -> Reply | None:
    for task in tasks:
        for first, second in pairwise(task):
            if first > second:
                text = f"In one task, {second} runs after {first}. What if {first} needs what {second} wrote?"
                return wrong("any-order", text, shown)
    return None


def _too_slow(times: list[int], shown: str) -> Reply | None:
    if min(times) < LEAST:
        text = f"Task {times.index(min(times))} takes {min(times):,} µs, less than 1,000. Into which task could it go?"
        return wrong("finer-is-faster", text, shown)
    if len(times) == 1:
        return wrong("one-task", "All is one task. What does the second process do?", shown)
    if max(times) > BEST:
        text = f"The longest task takes {max(times):,} µs. What could move from it to another one?"
        return wrong("uneven", text, shown)
    return None
