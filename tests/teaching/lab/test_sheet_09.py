"""The posts of "Derive" in sheet 09, read again by a machine of our own that knows only the five rules."""

import re

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
