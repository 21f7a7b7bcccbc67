"""What is right in sheet 09, found in another way: other code, all choices, all sets."""

import re
from fractions import Fraction
from itertools import combinations
from math import ceil

from tests.teaching.lab.bank import REPOSITORY, read_lesson

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
    lesson = read_lesson(REPOSITORY / "solutions" / "09-batches-data-cost")
    item = lesson.exercises["countdown"]
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", item.prompt, flags=re.MULTILINE)
    assert len(rows) == 8
    assert derived([(int(block), re.findall(r"`([^`]*)`", posts)) for block, posts in rows]) == lesson.solution(item)


def fooled_of_all_choices(cells: int, hidden: int, samples: int, allowed: int) -> Fraction:
    """Return the share of all choices of samples in which at most `allowed` are hidden."""
    choices = [sum(cell < hidden for cell in choice) <= allowed for choice in combinations(range(cells), samples)]
    return Fraction(sum(choices), len(choices))


def test_the_numbers_of_samples_are_those_of_all_choices() -> None:
    lesson = read_lesson(REPOSITORY / "solutions" / "09-batches-data-cost")
    small = [case for case in lesson.marking.cases("samples_needed") if case.given["args"][0] <= 12]
    assert len(small) == 9
    for case in small:
        cells, enough, allowed, risk = case.given["args"]
        samples, fooled = case.expect["value"]
        shares = [fooled_of_all_choices(cells, cells - enough + 1, count, allowed) for count in range(samples + 1)]
        assert ceil(shares[-1] * 1_000_000) == fooled
        assert [share * 1_000_000 <= risk for share in shares] == [False] * samples + [True]
