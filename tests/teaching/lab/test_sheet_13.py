"""What is right in sheet 13, found in another way: rules evaluated, corners, logarithms, and the engine itself."""

from decimal import Context, Decimal, localcontext
from itertools import pairwise, product
from math import ceil
from types import SimpleNamespace
from typing import Any

import pytest

from tests.teaching.lab.bank import REPOSITORY, Lesson, read_lesson, rows_of
from toyevm.rollups.zk.air import Air, BoundaryConstraint, Columns
from toyevm.rollups.zk.field import P, elements
from toyevm.rollups.zk.stark import StarkParameters, prove, verify
from toyevm.teaching.lab.judge_values import record

SHEET = REPOSITORY / "solutions" / "13-zk-rollup"
SMALL = StarkParameters(blowup=4, queries=12, grinding=0, arity=2, final=1)
BITS, ROWS = 6, 8


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return read_lesson(SHEET)


def numbers_of(rules: list[str], table: list[list[int]]) -> list[int]:
    """Return every number of every rule, as the prompt writes the rules, and the two public cells."""
    names = ("best", "bid", "up", "gap")
    found = [table[0][0] - 2, table[-1][0] - 11]
    for now, following in pairwise(table):
        row = SimpleNamespace(**dict(zip(names, now, strict=False)), gap_bits=now[4:])
        scope: dict[str, Any] = {"now": row, "following": SimpleNamespace(**dict(zip(names, following, strict=False)))}
        scope["total"] = lambda bits: bits[0] + 2 * bits[1] + 4 * bits[2]
        for rule in rules:
            found += [eval(rule, {**scope, "bit": bit}) for bit in (now[4:] if "bit *" in rule else [0])]
    return found


def test_the_eight_counts_follow_from_the_rules_in_the_prompt(lesson: Lesson) -> None:
    item = lesson.exercises["noticed"]
    table = [[int(cell) for cell in row] for row in rows_of(item.prompt, r"\d \| (\d+)" + r" \| (\d+)" * 6)]
    rules = [rule for rule, _ in rows_of(item.prompt, r"[TUGSB] \| `([^`]+)`(.*)")]
    assert (len(table), len(rules)) == (5, 5)
    assert not any(numbers_of(rules, table))
    columns = {"best": 0, "bid": 1, "up": 2, "gap": 3}
    counts = []
    for row, cell, before, after in rows_of(item.prompt, r"\d \| (\d) \| `(\w+)` \| (\d+) \| (\d+)"):
        changed = [list(cells) for cells in table]
        assert changed[int(row)][columns[cell]] == int(before)
        changed[int(row)][columns[cell]] = int(after)
        counts.append(sum(number != 0 for number in numbers_of(rules, changed)))
    assert counts == lesson.solution(item)


def test_each_wrong_count_has_a_message_of_its_change(lesson: Lesson) -> None:
    """At home or at the marker's: at home there must not be one for each (`test_leaks`)."""
    item = lesson.marking.exercise("noticed")
    solution = lesson.solution(item)
    for at, right in enumerate(solution):
        for count in {max(right - 1, 0), right + 1} - {right}:
            told = record(item, [*solution[:at], count, *solution[at + 1 :]]).misconception
            assert told, (at + 1, count)
            assert f"Change {at + 1}: you count {count}." in told.message


def test_each_wrong_word_has_a_message_of_its_layer(lesson: Lesson) -> None:
    """At home or at the marker's: at home there must not be one for each (`test_leaks`)."""
    item = lesson.marking.exercise("closes")
    solution = lesson.solution(item)
    for at, right in enumerate(solution):
        for word in set(item.settings["words"]) - {right}:
            told = record(item, [*solution[:at], word, *solution[at + 1 :]]).misconception
            assert told, (at + 1, word)
            assert f"Layer {at + 1}" in told.message


def test_the_two_rules_are_the_polynomials_through_the_corners_of_the_table(lesson: Lesson) -> None:
    """Where both selectors are 0 or 1, the table says what is right; between the corners, each counts linearly."""
    for case in lesson.marking.cases("lowest"):
        low, offer, down, void, gap, following_low = case.given["args"]
        right_low = right_gap = 0
        for is_down, is_void in product((0, 1), repeat=2):
            weight = (down if is_down else 1 - down) * (void if is_void else 1 - void)
            right_low += weight * (offer if is_down and not is_void else low)
            right_gap += weight * (0 if is_void else low - offer if is_down else offer - low - 1)
        assert case.expect["value"] == [(following_low - right_low) % 97, (gap - right_gap) % 97], case.name


def test_queries_follow_from_logarithms_with_many_digits(lesson: Lesson) -> None:
    for case in lesson.marking.cases("queries"):
        blowup, theory, work, rounds, bits = case.given["args"]
        with localcontext(Context(prec=50)):  # one of its own: Vyper, once imported, forbids to change the common one
            chance = (1 + 1 / Decimal(blowup)) / 2 if theory == "unique" else (1 / Decimal(blowup)).sqrt()
            least = ceil(round((bits - work) * Decimal(2).ln() / -chance.ln(), 40))
        reached = all(one >= bits for one in rounds.values())
        assert case.expect["value"] == (least if reached else -1), case.name


def account_air(start: int, amounts: list[int], last: int, *, whole: bool) -> Air:
    """Return the AIR of the exercise, as the prompt states it; the whole one says that `open` is 0 or 1."""

    def transitions(now: Columns, following: Columns, _: Columns) -> list[Columns]:
        bits = [now[3 + k] for k in range(BITS)]
        total = bits[0]
        for k in range(1, BITS):
            total = total + bits[k] * (1 << k)
        found = [following[0] - now[0] + now[2] * now[1], now[0] - total, *(bit * (bit - 1) for bit in bits)]
        return [*found, now[2] * (now[2] - 1)] if whole else found

    public = [BoundaryConstraint(row, 1, amount) for row, amount in enumerate(amounts)]
    ends = [BoundaryConstraint(0, 0, start), BoundaryConstraint(ROWS - 1, 0, last)]
    return Air(
        name="account", width=3 + BITS, degree=2, transition_count=2 + BITS + whole, transitions=transitions,
        boundary=(*public, *ends), looks_ahead=(0,),
    )  # fmt: skip


def check(case: Any, rows: list[list[int]], *, whole: bool) -> str:
    """Return what the engine's verifier says to a trace, with empty rows at its end."""
    start, amounts, _ = case.given["args"]
    padded = [*rows, *[[rows[-1][0], 0, 0]] * (ROWS - len(rows))]
    trace = elements([[*row, *(row[0] >> k & 1 for k in range(BITS))] for row in padded])
    air = account_air(start, [*amounts, *[0] * (ROWS - 1 - len(amounts))], rows[-1][0], whole=whole)
    found = verify(air, ROWS, prove(air, trace, SMALL), SMALL)
    return "accepted" if found.valid else found.reason or "refused"


def test_the_engine_accepts_the_forged_trace_until_the_rule_is_there(lesson: Lesson) -> None:
    for case in lesson.marking.cases("forge"):
        start, amounts, wanted = case.given["args"]
        rows = case.expect["value"]
        assert (rows == []) == (not any(amounts)), case.name
        if not rows:
            continue
        assert lesson.names["verdict"](start, amounts, rows) == f"accepted: the account has {wanted}", case.name
        assert sum(row[2] != 0 for row in rows) <= 1, case.name
        assert check(case, rows, whole=False) == "accepted", case.name
        honest = all(row[2] in (0, 1) for row in rows)
        assert (check(case, rows, whole=True) == "accepted") == honest, case.name


def test_a_negative_amount_has_31_bits() -> None:
    assert 2**30 < P - 20 < 2**31
