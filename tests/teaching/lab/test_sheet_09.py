"""What is right in sheet 09, found in another way: other code, all choices, all sets."""

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, combinations_with_replacement
from math import ceil

from tests.teaching.lab.bank import REPOSITORY, read_lesson, rows_of

SHEET = REPOSITORY / "solutions" / "09-batches-data-cost"
SAVINGS = 50


def derived(rows: list[tuple[int, list[str]]]) -> list[str]:
    """Return the payments that are executed."""
    balances: dict[str, int] = {}
    executed, name, due, last_block, text = [], "", -1, 0, ""
    for block, posts in rows:
        for post in posts:
            if not (frame := re.fullmatch(r"([A-Z])(\d):(.*)", post)):
                continue
            if due < 0 or block > last_block:
                name, due, last_block, text = frame[1], int(frame[2]), block + 1, ""
            if (frame[1], int(frame[2])) == (name, due):
                due, text = due - 1, text + frame[3]
                if due < 0 and (payment := re.fullmatch(r"(\w+)>(\w+) (\d+)", text)):
                    payer, payee, amount = payment[1], payment[2], int(payment[3])
                    if balances.setdefault(payer, SAVINGS) >= amount:
                        balances[payer] -= amount
                        balances[payee] = balances.get(payee, SAVINGS) + amount
                        executed.append(text)
    return executed


def test_the_payments_follow_from_the_posts_in_the_prompt() -> None:
    lesson = read_lesson(SHEET)
    item = lesson.exercises["countdown"]
    rows = rows_of(item.prompt, r"(\d+) \| (.*)")
    assert len(rows) == 8
    assert derived([(int(block), re.findall(r"`([^`]*)`", posts)) for block, posts in rows]) == lesson.solution(item)


def fooled_of_all_choices(cells: int, hidden: int, samples: int, allowed: int) -> Fraction:
    """Return the share of all choices of samples in which at most `allowed` are hidden."""
    choices = [sum(cell < hidden for cell in choice) <= allowed for choice in combinations(range(cells), samples)]
    return Fraction(sum(choices), len(choices))


def test_the_numbers_of_samples_are_those_of_all_choices() -> None:
    lesson = read_lesson(SHEET)
    small = [case for case in lesson.marking.cases("samples_needed") if case.given["args"][0] <= 12]
    assert len(small) == 9
    for case in small:
        cells, enough, allowed, risk = case.given["args"]
        samples, fooled = case.expect["value"]
        shares = [fooled_of_all_choices(cells, cells - enough + 1, count, allowed) for count in range(samples + 1)]
        assert ceil(shares[-1] * 1_000_000) == fooled
        assert [share * 1_000_000 <= risk for share in shares] == [False] * samples + [True]


def ways_to_post(size: int, gas_price: int, blob_price: int) -> Iterator[tuple[int, int]]:
    """Yield the cost and the number of blobs of every way: 0 to 4 blobs a transaction, the rest as calldata."""
    for transactions in range(1, 5):
        for counts in combinations_with_replacement(range(5), transactions):
            blobs = sum(counts)
            gas = 9_000 * transactions + 12 * max(0, size - 1_000 * blobs)
            yield gas * gas_price + blobs * 2_000 * blob_price, blobs


def test_no_way_to_post_is_cheaper() -> None:
    for case in read_lesson(SHEET).marking.cases("split"):
        cost, blobs = min(ways_to_post(*case.given["args"]))
        assert [blobs, cost] == case.expect["value"], case.name


def test_one_shortest_list_is_lost_and_accepted() -> None:
    """A cell stays lost only in a row and a column with four of them, so 16 is the least: rows by columns."""
    lesson = read_lesson(SHEET)
    left_over = lesson.names["left_over"]
    fours = list(combinations(range(1, 7), 4))
    grids = [{10 * row + column for row in rows for column in columns} for rows in fours for columns in fours]
    for case in lesson.marking.cases("hide"):
        (asked,), hidden = case.given["args"], case.expect["value"]
        assert [sorted(grid) for grid in grids if not grid & set(asked)] == [hidden]
        assert left_over(hidden) == hidden
        assert all(left_over([other for other in hidden if other != cell]) == [] for cell in hidden)
