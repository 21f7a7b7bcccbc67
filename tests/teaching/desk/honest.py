"""Honest short answers to one question, made up: each student picks a way, a style and names on their own.

The question is that of the sample, to merge two sorted lists. The ways are what people do write; some are far more
frequent than others (Zipf), and of those who pick the same, many write the same but for names.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

LOOPS = ("while i < len({a}) and j < len({b}):", "while len({a}) > i and len({b}) > j:", "while True:")
ENDS = ("{o} += {a}[i:] + {b}[j:]", "{o}.extend({a}[i:])\n    {o}.extend({b}[j:])", "{o} = {o} + {a}[i:] + {b}[j:]")
STARTS = ("i = j = 0", "i, j = 0, 0", "i = 0\n    j = 0")
TESTS = ("if {a}[i] <= {b}[j]:", "if {b}[j] < {a}[i]:", "if {a}[i] < {b}[j]:")
STEPS = ("{o}.append({a}[i])\n            i += 1", "{o} += [{a}[i]]\n            i = i + 1")
OTHERS = ("{o}.append({b}[j])\n            j += 1", "{o} += [{b}[j]]\n            j = j + 1")
SHORT = (
    "return sorted({a} + {b})",
    "{o} = {a} + {b}\n    {o}.sort()\n    return {o}",
    "{o} = []\n    for x in {a} + {b}:\n        {o}.append(x)\n    return sorted({o})",
    "{o} = list({a})\n    {o}.extend({b})\n    return sorted({o})",
    "import heapq\n    return list(heapq.merge({a}, {b}))",
    "from heapq import merge as m\n    {o} = [*m({a}, {b})]\n    return {o}",
    (
        "if not {a}:\n        return {b}\n    if not {b}:\n        return {a}\n    if {a}[0] < {b}[0]:\n"
        "        return [{a}[0]] + merge({a}[1:], {b})\n    return [{b}[0]] + merge({a}, {b}[1:])"
    ),
    (
        "{o} = []\n    while {a} and {b}:\n        {o}.append({a}.pop(0) if {a}[0] <= {b}[0] else {b}.pop(0))\n"
        "    return {o} + {a} + {b}"
    ),
    "import bisect\n    {o} = {a}[:]\n    for x in {b}:\n        bisect.insort({o}, x)\n    return {o}",
)
NAMES = ("out", "result", "res", "merged", "new", "r", "lst")


def pointers(draw: random.Random) -> str:
    """Return a merge with two places that go along."""
    start, loop, test, step, other, end = map(draw.choice, (STARTS, LOOPS, TESTS, STEPS, OTHERS, ENDS))
    if loop == "while True:":
        loop += "\n        if i == len({a}) or j == len({b}):\n            break"
    if test.startswith("if {b}"):
        step, other = other, step
    return (
        f"{start}\n    {{o}} = []\n    {loop}\n        {test}\n            {step}\n        else:\n            {other}\n"
        f"    {end}\n    return {{o}}"
    )


def answer(draw: random.Random) -> str:
    """Return what one student writes."""
    weights = [1 / rank for rank in range(1, len(SHORT) + 1)]
    body = pointers(draw) if draw.random() < 0.4 else draw.choices(SHORT, weights)[0]
    for slot, names in {"{a}": ("left",), "{b}": ("right",), "{o}": NAMES}.items():
        body = body.replace(slot, draw.choice(names))
    comment = draw.choice(("", "", "    # merge both\n", f"    # {draw.random()}\n"))
    return f"def merge(left, right):\n{comment}    {body}"


def honest_class(students: int, seed: int = 17) -> Sequence[str]:
    """Return an answer for each of so many students."""
    draw = random.Random(seed)
    return [answer(draw) for _ in range(students)]
